import { CommanderError } from 'commander';
import { ConfigError } from '../platform/config/index.js';
import { VERSION } from '../app/version.js';
import type { CliIo } from './cli-io.js';
import { buildProgram } from './program.js';

/** sysexits.h: the configuration is wrong. */
const EX_CONFIG = 78;

/**
 * Runs one command and answers its exit status: 0 when it did what was asked, 1 when not, 78 when the
 * configuration is wrong. Failures are explained on standard error.
 */
export async function runCommandLine(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    await buildProgram(io, VERSION).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    // Help, version and misuse have been explained by the parser already.
    if (error instanceof CommanderError) return error.exitCode;
    io.stderr.write(`${explain(error)}\n`);
    return error instanceof ConfigError ? EX_CONFIG : 1;
  }
}

/** Runs the command line of this process. */
export async function main(argv: readonly string[]): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  process.exitCode = await runCommandLine(argv, { stdin, stdout, stderr, env, cwd: process.cwd() });
}

/** The message of an error with those of its causes, each once. */
function explain(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error; isErrorLike(cause) && lines.length < 5; cause = cause.cause) {
    const { message } = cause;
    if (!lines.some((line) => line.includes(message))) lines.push(message);
  }
  return lines.length === 0 ? String(error) : lines.join('\n  because: ');
}

function isErrorLike(value: unknown): value is { message: string; cause?: unknown } {
  return typeof value === 'object' && value !== null && 'message' in value;
}
