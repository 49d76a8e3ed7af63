import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * Runs a program to its end.
 *
 * @param stdout file that gets its standard output; else that is returned
 * @throws Error with its name and last words when it cannot be started or ends with another status than 0
 */
export async function run(
  argv: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly stdout?: string } = {},
): Promise<string> {
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  const complained: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complained.push(chunk));
  const copied =
    options.stdout === undefined
      ? Promise.resolve(child.stdout.on('data', (chunk: Buffer) => said.push(chunk)))
      : pipeline(child.stdout, createWriteStream(options.stdout));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  await copied;
  if (code !== 0) {
    const words = Buffer.concat(complained).toString('utf8').trim().slice(-1000);
    throw new Error(`${program} ended with status ${String(code)}: ${words}`);
  }
  return Buffer.concat(said).toString('utf8');
}
