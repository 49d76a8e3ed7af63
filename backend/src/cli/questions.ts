import { createInterface } from 'node:readline/promises';
import { Secret } from '../platform/crypto/index.js';
import { CliError } from './cli-io.js';
import type { CliInput, CliIo } from './cli-io.js';

const LONGEST_LINE = 4096;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACE = new Set(['\b', '\u007f']);

/** Asks for a line on the terminal. @throws CliError when there is none to ask on. */
export async function askLine(io: CliIo, question: string, option: string): Promise<string> {
  if (io.stdin.isTTY !== true) {
    throw new CliError(`There is no terminal to ask on. Give ${option}.`);
  }
  const terminal = createInterface({ input: io.stdin, output: io.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}

/**
 * Takes a new password: from standard input when told so, else from the terminal, twice and without echo.
 *
 * @throws CliError when the two differ, or there is nothing to read from
 */
export async function askNewPassword(io: CliIo, fromStdin: boolean): Promise<Secret> {
  if (fromStdin) return firstLine(io.stdin);
  if (io.stdin.isTTY !== true) {
    throw new CliError(
      'There is no terminal to ask on. Pipe the password in, with --password-stdin.',
    );
  }
  const password = await askHidden(io, 'Password: ');
  const again = await askHidden(io, 'The same again: ');
  if (password !== again) throw new CliError('The two passwords differ. Nothing was changed.');
  return new Secret(password);
}

async function firstLine(stdin: CliInput): Promise<Secret> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes('\n') || text.length > LONGEST_LINE) break;
  }
  const line = text.split('\n', 1)[0]?.replace(/\r$/, '') ?? '';
  if (line === '' || line.length > LONGEST_LINE) {
    throw new CliError('Standard input holds no password. Its first line is taken.');
  }
  return new Secret(line);
}

/** Reads a line key by key with the terminal's echo switched off, and always switches it on again. */
async function askHidden({ stdin, stderr }: CliIo, question: string): Promise<string> {
  stderr.write(question);
  stdin.setRawMode?.(true);
  stdin.resume();
  let typed = '';
  try {
    for (;;) {
      const keys = await nextChunk(stdin);
      for (const key of keys) {
        if (key === '\r' || key === '\n') return typed;
        if (key === CTRL_C || key === CTRL_D) throw new CliError('Cancelled. Nothing was changed.');
        if (BACKSPACE.has(key)) typed = Array.from(typed).slice(0, -1).join('');
        else if (typed.length < LONGEST_LINE) typed += key;
      }
    }
  } finally {
    stdin.pause();
    stdin.setRawMode?.(false);
    stderr.write('\n');
  }
}

function nextChunk(stdin: CliInput): Promise<string> {
  return new Promise((resolve, reject) => {
    const onData = (chunk: unknown): void => {
      stdin.off('end', onEnd);
      resolve(String(chunk));
    };
    const onEnd = (): void => {
      stdin.off('data', onData);
      reject(new CliError('The input ended. Nothing was changed.'));
    };
    stdin.once('data', onData);
    stdin.once('end', onEnd);
  });
}
