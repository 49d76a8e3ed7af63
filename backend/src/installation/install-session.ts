import type { OperationSession, StepContext } from '../operations/index.js';
import { StepFailure } from '../operations/index.js';
import { CLEAR_UPLOADS, WRITE_FILE } from './host-scripts.js';
import type { HostKey } from '../platform/ssh/host-key.js';
import { TransportError } from '../platform/transport/transport-error.js';
import type { Transport } from '../platform/transport/transport.js';
import type {
  ReadFileOptions,
  RunOptions,
  RunResult,
  UploadOptions,
  UploadSource,
} from '../platform/transport/transport.js';

/** An opened way to a server, with the host key it proved when it is SSH. */
export interface OpenedHost {
  readonly transport: Transport;
  readonly hostKey: HostKey | null;
}

/** What a step's context is needed for here. */
type Context = Pick<StepContext<unknown>, 'signal' | 'log'>;

/** How {@link InstallSession.script} runs. */
export interface ScriptOptions extends Pick<RunOptions, 'input' | 'timeoutMs' | 'maxOutputBytes'> {
  /** Exit codes that are an answer rather than a failure; 0 alone unless told. */
  readonly expected?: readonly number[];
}

/**
 * One connection to a server for all steps of a run. It is opened when a step first needs it, and again
 * after it broke. Everything runs as root.
 */
export class InstallSession implements OperationSession {
  private opened: Promise<OpenedHost> | undefined;

  constructor(
    private readonly open: (signal: AbortSignal) => Promise<OpenedHost>,
    private readonly params: Readonly<Record<string, unknown>> = {},
  ) {}

  /** Whether whoever asked wants a removal to stop commands, and to go on without the server. */
  get isForced(): boolean {
    return this.params.force === true;
  }

  /** Connects unless connected. @throws TransportError */
  async host({ signal }: Context): Promise<OpenedHost> {
    this.opened ??= this.open(signal);
    try {
      return await this.opened;
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
  }

  /** Runs a program as root. @throws TransportError */
  run(context: Context, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.using(context, ({ transport }) =>
      transport.run(argv, { ...options, sudo: true, signal: context.signal }),
    );
  }

  /**
   * Runs a constant script with positional parameters as root and answers what it printed.
   *
   * @throws StepFailure with `code` and the script's last words when it fails.
   */
  async script(
    context: Context,
    code: string,
    script: string,
    parameters: readonly string[] = [],
    options: ScriptOptions = {},
  ): Promise<string> {
    const { expected = [0], ...runOptions } = options;
    const argv = ['/bin/sh', '-c', script, 'myx-install', ...parameters];
    const result = await this.run(context, argv, runOptions);
    if (result.exitCode !== null && expected.includes(result.exitCode))
      return textOf(result.stdout);
    const words = textOf(result.stderr).trim() || textOf(result.stdout).trim();
    for (const line of words.split('\n').slice(-20)) context.log(line, 'error');
    const end = result.signal ?? `exit code ${String(result.exitCode)}`;
    throw new StepFailure(
      'installation',
      code,
      `A command on the server failed (${end}): ${words.split('\n').at(-1) ?? 'it said nothing'}`,
    );
  }

  /**
   * Writes a small file as root. Its content travels by standard input.
   *
   * @throws TransportError, StepFailure
   */
  async writeFile(
    context: Context,
    path: string,
    content: Uint8Array,
    mode: '600' | '644',
  ): Promise<void> {
    await this.script(context, 'write_failed', WRITE_FILE, [path, mode], { input: content });
  }

  /** Removes what earlier uploads left when the manager was killed in them. @throws TransportError */
  async clearUploads(context: Context): Promise<void> {
    await this.using(context, ({ transport }) =>
      transport.run(['/bin/sh', '-c', CLEAR_UPLOADS], { signal: context.signal }),
    );
  }

  /** Sends a large file and writes it as root. @throws TransportError */
  upload(
    context: Context,
    source: UploadSource,
    remotePath: string,
    options: Omit<UploadOptions, 'sudo' | 'signal'>,
  ): Promise<void> {
    return this.using(context, ({ transport }) =>
      transport.upload(source, remotePath, { ...options, sudo: true, signal: context.signal }),
    );
  }

  /** Reads a file as root; null when there is none. @throws TransportError */
  async readFile(
    context: Context,
    path: string,
    options: Omit<ReadFileOptions, 'sudo' | 'signal'> = {},
  ): Promise<Buffer | null> {
    try {
      const bytes = await this.using(context, ({ transport }) =>
        transport.readFile(path, { ...options, sudo: true, signal: context.signal }),
      );
      return Buffer.from(bytes);
    } catch (error) {
      if (error instanceof TransportError && error.code === 'file_not_found') return null;
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = undefined;
    // A connection that failed to open has nothing to close, and its failure was reported.
    const host = await opened?.catch(() => undefined);
    await host?.transport.close().catch(() => undefined);
  }

  private async using<Result>(
    context: Context,
    work: (host: OpenedHost) => Promise<Result>,
  ): Promise<Result> {
    const host = await this.host(context);
    try {
      return await work(host);
    } catch (error) {
      // The next call, an undo for example, gets a new connection.
      if (error instanceof TransportError && error.code === 'connection_lost') await this.close();
      throw error;
    }
  }
}

/** Bytes of a program as text. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
