import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';

/** How a program is run. */
export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends the program and everything it started when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the program and everything it started after this long. */
  readonly timeoutMs?: number | undefined;
}

/** What a program left behind. `code` is 128 + the signal's number when a signal ended it. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The same as `stdout`, byte for byte. */
  readonly stdoutBytes: Buffer;
}

/**
 * Runs one program to its end, without a shell, and promises its exit code and output.
 * Rejects only when the program could not be started, was aborted, or took too long. Ends when
 * nobody holds the program's output any more, so a child it leaves behind is waited for too.
 */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [program = '', ...args] = argv;
  const signal = stopSignal(options);
  return new Promise((resolve, reject) => {
    // A process group of its own, so that ending it reaches what it started and nobody else.
    const child = spawn(program, args, { env: environmentWith(options), detached: true });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const stop = (): void => {
      killGroup(child);
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    // A program may end without reading its input; its exit code tells more than our EPIPE.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => {
      reject(missingProgram(program, error));
    });
    child.on('close', (code, endedBy) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted)
        reject(new Error(`${argv.join(' ')} was ended: ${String(signal.reason)}`));
      else resolve(outcomeOf(code, endedBy, Buffer.concat(stdout), Buffer.concat(stderr)));
    });
  });
}

function stopSignal({ signal, timeoutMs }: RunOptions): AbortSignal {
  const timeout = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)];
  return AbortSignal.any([...(signal === undefined ? [] : [signal]), ...timeout]);
}

function collect(stream: Readable): readonly Buffer[] {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

function outcomeOf(
  code: number | null,
  endedBy: NodeJS.Signals | null,
  stdoutBytes: Buffer,
  stderr: Buffer,
): Outcome {
  return {
    code: code ?? 128 + (endedBy === null ? 0 : constants.signals[endedBy]),
    stdout: stdoutBytes.toString(),
    stderr: stderr.toString(),
    stdoutBytes,
  };
}

/** Like `run`, but a non-zero exit code rejects with what the program said. Promises its stdout. */
export async function mustRun(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await run(argv, options);
  if (outcome.code !== 0) {
    const said = (outcome.stderr.trim() || outcome.stdout.trim()).slice(-2000);
    throw new Error(`${argv.join(' ')} ended with code ${outcome.code}: ${said}`);
  }
  return outcome.stdout;
}

/** The environment programs get: ours, English messages, and the administration programs' folders. */
export function environmentWith(options: Pick<RunOptions, 'environment'>): NodeJS.ProcessEnv {
  const path = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;
  return { ...process.env, PATH: path, LC_ALL: 'C.UTF-8', ...options.environment };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // ESRCH: it ended by itself in the meantime.
  }
}

function missingProgram(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ENOENT') return error;
  return new Error(
    `The program ${program} is not installed. Run: node test/support/system-packages.ts lab`,
    { cause: error },
  );
}
