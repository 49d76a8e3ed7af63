import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { Deadline, abortReason } from './deadline.js';
import { installAsRoot, readHostFile } from './host-files.js';
import type { Run } from './host-files.js';
import { runCommand } from './run-command.js';
import type { StartedProgram } from './run-command.js';
import { elevationFor } from './sudo.js';
import { TransportError } from './transport-error.js';
import { Transport } from './transport.js';
import type {
  ReadFileOptions,
  RunOptions,
  RunResult,
  UploadOptions,
  UploadSource,
} from './transport.js';

const DEFAULT_UPLOAD_TIMEOUT_MS = 600_000;
const CHUNK_BYTES = 1024 * 1024;

/**
 * The machine that the manager itself runs on, without SSH. Programs get a small environment of their
 * own, none of the manager's, which may hold secrets.
 */
export class LocalTransport extends Transport {
  readonly remoteUser: string;
  readonly isRoot: boolean;
  readonly #sudoPassword: string | undefined;
  readonly #environment: Record<string, string>;
  readonly #closed = new AbortController();

  constructor(options: { readonly sudoPassword?: string } = {}) {
    super();
    const { username, uid, homedir, shell } = userInfo();
    this.remoteUser = username;
    this.isRoot = uid === 0;
    this.#sudoPassword = options.sudoPassword;
    this.#environment = {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: homedir,
      USER: username,
      LOGNAME: username,
      SHELL: shell ?? '/bin/sh',
      LANG: 'C.UTF-8',
    };
  }

  override async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const elevation = elevationFor(
      { isRoot: this.isRoot, sudoPassword: this.#sudoPassword },
      options.sudo,
    );
    const signal = this.#untilClosed(options.signal);
    return runCommand((wrapped) => this.#start(wrapped), argv, { ...options, signal }, elevation);
  }

  override async upload(
    source: UploadSource,
    remotePath: string,
    options: UploadOptions,
  ): Promise<void> {
    const callerSignal = this.#untilClosed(options.signal);
    using deadline = new Deadline(options.timeoutMs ?? DEFAULT_UPLOAD_TIMEOUT_MS, callerSignal);
    const { signal } = deadline;
    try {
      if (!options.sudo || this.isRoot) await copyInto(source, remotePath, options, signal);
      else {
        const send = (path: string): Promise<void> =>
          copyInto(source, path, { ...options, mode: 0o600 }, signal);
        await installAsRoot(this.#run, send, remotePath, { mode: options.mode, signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      if (!deadline.expired) throw abortReason(signal);
      throw fileError('upload_timed_out', `The copy to ${remotePath} did not end in time.`, error);
    }
  }

  override readFile(path: string, options: ReadFileOptions = {}): Promise<Uint8Array> {
    return readHostFile(this.#run, path, options);
  }

  override describe(): string {
    return 'local';
  }

  override async close(): Promise<void> {
    this.#closed.abort(
      new TransportError({
        layer: 'channel',
        code: 'connection_lost',
        message: 'The local transport is closed.',
      }),
    );
    return Promise.resolve();
  }

  readonly #run: Run = (argv, options) => this.run(argv, options);

  #untilClosed(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#closed.signal]) : this.#closed.signal;
  }

  async #start(argv: readonly string[]): Promise<StartedProgram> {
    const [file = '', ...args] = argv;
    // Detached: in a session of its own, so that its process group can be ended without the manager.
    const child = spawn(file, args, {
      detached: true,
      cwd: '/',
      env: this.#environment,
      stdio: 'pipe',
    });
    const ended = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
      child.once('close', (exitCode, signal) => {
        resolve({ exitCode, signal });
      });
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        reject(startError(file, error));
      });
    });
    const release = (): void => {
      if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
    };
    return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, release };
  }
}

/** Ends a process group that is led by a child; what root started in it stays. */
function killGroup(leader: number | undefined): void {
  if (leader === undefined || leader <= 1) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // ESRCH: it has ended by now. EPERM: only root's processes are left in it.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function startError(file: string, cause: Error): TransportError {
  if (file === 'sudo') {
    return new TransportError({
      layer: 'sudo',
      code: 'sudo_missing',
      message:
        'The program sudo is not installed on the host. Install it, or run the manager as root.',
      cause,
    });
  }
  return new TransportError({
    layer: 'command',
    code: 'not_started',
    message: `${file} cannot be started.`,
    cause,
  });
}

/** Copies under a new name in the same directory and renames into place. */
async function copyInto(
  source: UploadSource,
  path: string,
  options: Pick<UploadOptions, 'mode' | 'onProgress'>,
  signal: AbortSignal,
): Promise<void> {
  const part = `${path}.${randomBytes(6).toString('hex')}.part`;
  await using input = 'path' in source ? await open(source.path, 'r') : undefined;
  const total = 'bytes' in source ? source.bytes.length : ((await input?.stat())?.size ?? 0);
  try {
    await using output = await open(part, 'wx', 0o600);
    for (let sent = 0; sent < total;) {
      signal.throwIfAborted();
      const length = Math.min(CHUNK_BYTES, total - sent);
      const chunk =
        'bytes' in source
          ? source.bytes.subarray(sent, sent + length)
          : await readAt(input, sent, length);
      await output.writeFile(chunk);
      sent += chunk.length;
      options.onProgress?.(sent, total);
    }
    await output.chmod(options.mode);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw explainWrite(error, path);
  }
}

async function readAt(
  input: FileHandle | undefined,
  position: number,
  length: number,
): Promise<Uint8Array> {
  if (!input) throw new Error('There is no file to read from.');
  const { buffer, bytesRead } = await input.read(Buffer.allocUnsafe(length), 0, length, position);
  if (bytesRead === 0) throw new Error('The file became shorter while it was being copied.');
  return buffer.subarray(0, bytesRead);
}

function explainWrite(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return fileError('directory_missing', `The directory of ${path} does not exist.`, error);
    case 'EACCES':
    case 'EPERM':
      return fileError(
        'permission_denied',
        `The login may not write ${path}. Use sudo or another directory.`,
        error,
      );
    case 'ENOSPC':
    case 'EROFS':
    case 'EISDIR':
    case 'EDQUOT':
      return fileError('write_failed', `${path} could not be written (${code}).`, error);
    default:
      return error;
  }
}

function fileError(code: string, message: string, cause: unknown): TransportError {
  return new TransportError({ layer: 'file', code, message, cause });
}
