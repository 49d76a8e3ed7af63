import { Deadline, abortReason } from '../transport/deadline.js';
import { installAsRoot, readHostFile } from '../transport/host-files.js';
import type { Run } from '../transport/host-files.js';
import { runCommand } from '../transport/run-command.js';
import type { StartProgram } from '../transport/run-command.js';
import { elevationFor } from '../transport/sudo.js';
import { Transport } from '../transport/transport.js';
import type {
  ReadFileOptions,
  RunOptions,
  RunResult,
  UploadOptions,
  UploadSource,
} from '../transport/transport.js';
import { connectSsh } from './connect-ssh.js';
import type { HostKey } from './host-key.js';
import { sftpUpload } from './sftp-upload.js';
import type { SshConnection } from './ssh-connection.js';
import { sshError } from './ssh-errors.js';
import type { SshTarget } from './ssh-target.js';

const DEFAULT_UPLOAD_TIMEOUT_MS = 600_000;
/** An argument that shells which are not POSIX shells read differently. */
const SHELL_CHECK = "a'b\\\\c\n$d";

/** A host behind SSH, over one kept connection. */
export class SshTransport extends Transport {
  readonly remoteUser: string;
  readonly isRoot: boolean;
  readonly #connection: SshConnection;
  readonly #sudoPassword: string | undefined;

  private constructor(
    connection: SshConnection,
    isRoot: boolean,
    sudoPassword: string | undefined,
  ) {
    super();
    this.#connection = connection;
    this.remoteUser = connection.username;
    this.isRoot = isRoot;
    this.#sudoPassword = sudoPassword;
  }

  /**
   * Connects, logs in and makes sure that programs can be run.
   *
   * @throws what {@link connectSsh} throws; SshError of layer `command` with code `login_shell_failed`
   *   when the login's shell runs nothing or is not a POSIX shell.
   */
  static async open(
    target: SshTarget,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<SshTransport> {
    const connection = await connectSsh(target, options);
    try {
      const isRoot = (await loginUserId(connection, options.signal)) === 0;
      return new SshTransport(connection, isRoot, target.sudoPassword);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** The key that the host proved to hold. */
  get hostKey(): HostKey {
    return this.#connection.hostKey;
  }

  /** The host's identification line. */
  get banner(): string {
    return this.#connection.banner;
  }

  override run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const elevation = elevationFor(
      { isRoot: this.isRoot, sudoPassword: this.#sudoPassword },
      options.sudo,
    );
    return runCommand(starter(this.#connection), argv, options, elevation);
  }

  override async upload(
    source: UploadSource,
    remotePath: string,
    options: UploadOptions,
  ): Promise<void> {
    using deadline = new Deadline(options.timeoutMs ?? DEFAULT_UPLOAD_TIMEOUT_MS, options.signal);
    const { signal } = deadline;
    const send = (path: string, mode: number): Promise<void> =>
      this.#connection.withSftp(
        (sftp, alive) =>
          sftpUpload(sftp, source, path, { mode, onProgress: options.onProgress }, alive),
        signal,
      );
    try {
      if (!options.sudo || this.isRoot) await send(remotePath, options.mode);
      else
        await installAsRoot(this.#run, (path) => send(path, 0o600), remotePath, {
          mode: options.mode,
          signal,
        });
    } catch (error) {
      if (!signal.aborted) throw error;
      if (!deadline.expired) throw abortReason(signal);
      throw sshError(
        'sftp',
        'upload_timed_out',
        `The upload of ${remotePath} did not end within ${deadline.milliseconds / 1000} s.`,
      );
    }
  }

  override readFile(path: string, options: ReadFileOptions = {}): Promise<Uint8Array> {
    return readHostFile(this.#run, path, options);
  }

  override describe(): string {
    const via = this.#connection.via.map((hop) => ` via ${hop}`).join('');
    return `ssh ${this.remoteUser}@${this.#connection.endpoint}${via}`;
  }

  override close(): Promise<void> {
    return this.#connection.close();
  }

  readonly #run: Run = (argv, options) => this.run(argv, options);
}

function starter(connection: SshConnection): StartProgram {
  return (argv, signal, urgent) => connection.exec(argv, signal, urgent);
}

async function loginUserId(
  connection: SshConnection,
  signal: AbortSignal | undefined,
): Promise<number> {
  const argv = ['/bin/sh', '-c', 'id -u && printf %s "$1"', 'sh', SHELL_CHECK];
  const options: RunOptions = { timeoutMs: 20_000, ...(signal ? { signal } : {}) };
  const { stdout, exitCode } = await runCommand(starter(connection), argv, options, {
    kind: 'none',
  });
  const [, userId, echoed] = /^(\d+)\n([^]*)$/.exec(Buffer.from(stdout).toString()) ?? [];
  if (exitCode === 0 && userId !== undefined && echoed === SHELL_CHECK) return Number(userId);
  throw sshError(
    'command',
    'login_shell_failed',
    `The login shell of ${connection.username} does not pass arguments on as a POSIX shell does. Give the login /bin/sh or /bin/bash as its shell.`,
  );
}
