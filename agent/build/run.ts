import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file that a program gets as its standard input. */
export interface ProgramInput {
  readonly file: string;
  /** Hears how many bytes of it the program has taken so far. */
  readonly taken: (bytes: number) => void;
}

/**
 * Runs a program to its end.
 *
 * @param stdin file that it gets as its standard input; none unless told
 * @param stdout file that gets its standard output; else that is returned
 * @throws Error with its name and last words when it cannot be started or ends with another status than 0
 */
export async function run(
  argv: readonly [string, ...string[]],
  options: {
    readonly cwd?: string;
    readonly stdin?: ProgramInput;
    readonly stdout?: string;
  } = {},
): Promise<string> {
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    cwd: options.cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const fed = feed(child.stdin, options.stdin);
  // Looked at below; what the program says of itself comes first.
  fed.catch(() => undefined);
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
  await fed;
  return Buffer.concat(said).toString('utf8');
}

async function feed(stdin: Writable, input: ProgramInput | undefined): Promise<void> {
  if (input === undefined) {
    stdin.end();
    return;
  }
  let bytes = 0;
  await pipeline(
    createReadStream(input.file),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        yield chunk;
        bytes += chunk.length;
        input.taken(bytes);
      }
    },
    stdin,
  );
}
