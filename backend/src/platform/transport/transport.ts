/** The two output streams of a program. */
export type OutputStream = 'stdout' | 'stderr';

/** How {@link Transport.run} runs a program. */
export interface RunOptions {
  /** What the program reads on its standard input; nothing when left out. A string is sent as UTF-8. */
  readonly input?: Uint8Array | string;
  /** Run as root. Changes nothing when the login is root already. */
  readonly sudo?: boolean;
  /** The deadline of the whole call in milliseconds, 120,000 unless told. */
  readonly timeoutMs?: number;
  /** Ends the program and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Sees every byte of both streams as it arrives, also beyond `maxOutputBytes`. Must not throw. */
  readonly onOutput?: (stream: OutputStream, bytes: Uint8Array) => void;
  /** How many bytes of each stream are kept for the result, 1 MiB unless told. */
  readonly maxOutputBytes?: number;
}

/** How a program ended, and what it wrote. A non-zero exit code is a result, not an error. */
export interface RunResult {
  /** Null when a signal ended the program. 127: no such program, 126: not executable. */
  readonly exitCode: number | null;
  /** For example `SIGKILL`; null when the program exited by itself. */
  readonly signal: string | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** True when a stream was longer than `maxOutputBytes`: its first bytes are here, the rest is not. */
  readonly truncated: boolean;
}

/** What {@link Transport.upload} sends. */
export type UploadSource = { readonly path: string } | { readonly bytes: Uint8Array };

/** How {@link Transport.upload} writes the file. */
export interface UploadOptions {
  /** The permission bits of the new file, for example 0o600. Its owner is the login, or root with `sudo`. */
  readonly mode: number;
  /** Write as root. Changes nothing when the login is root already. */
  readonly sudo?: boolean;
  /** Called with the bytes that have arrived on the host and the size of the whole. Must not throw. */
  readonly onProgress?: (sent: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** The deadline of the whole call in milliseconds, 600,000 unless told. */
  readonly timeoutMs?: number;
}

/** How {@link Transport.readFile} reads. */
export interface ReadFileOptions {
  /** Read as root. Changes nothing when the login is root already. */
  readonly sudo?: boolean;
  /** A longer file is refused, 1 MiB unless told. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /** The deadline of the whole call in milliseconds, 120,000 unless told. */
  readonly timeoutMs?: number;
}

/**
 * What an installation needs of a host: programs, files and to know who it is there. The same for a
 * host behind SSH and for the machine that the manager itself runs on.
 *
 * Promised by every adapter: programs are argument vectors that no shell interprets; the standard input
 * is only ever what the caller gave; passwords are in no argument list, no log line and no error; every
 * call has a deadline, and a program whose call times out or is aborted is ended with its process group.
 * Failures other than the program's own are a {@link TransportError}.
 */
export abstract class Transport {
  /** The login's name on the host. */
  abstract readonly remoteUser: string;
  /** Whether the login has user id 0. */
  abstract readonly isRoot: boolean;

  /** Runs a program to its end. `argv[0]` is looked up in the host's PATH. */
  abstract run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;

  /**
   * Writes a file: its directory must exist, an existing file is replaced. Whoever opens `remotePath`
   * sees the old content or the new, never a part; a failed upload leaves the old one.
   */
  abstract upload(source: UploadSource, remotePath: string, options: UploadOptions): Promise<void>;

  /** The content of a regular file. Rejects with code `file_not_found`, `not_a_file`, `file_unreadable` or `file_too_large`. */
  abstract readFile(path: string, options?: ReadFileOptions): Promise<Uint8Array>;

  /** For people, without secrets: `ssh deploy@10.0.0.5:22`, `local`. */
  abstract describe(): string;

  /** Lets go of the host. Calls still running reject. May be called again. */
  abstract close(): Promise<void>;
}
