import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { Aftermath, abortReason, untilAborted } from '../transport/deadline.js';
import type { StartedProgram } from '../transport/run-command.js';
import type { HostKey } from './host-key.js';
import { quoteArgv } from './quote-argv.js';
import { SshError, printable, sshError } from './ssh-errors.js';
import type { SshRoute } from './ssh-route.js';

/**
 * How many sessions are open at once. OpenSSH allows ten (MaxSessions), but forgets a closed one only
 * after it has looked at requests that came together with the closing; the rest is for ending programs.
 */
const MAX_SESSIONS = 4;
/** How long to wait before a refused session is asked for again. */
const REFUSED_WAIT_MS = 50;
/** How often to ask when none of our own sessions can be the reason for the refusal. */
const REFUSED_TRIES = 10;
/**
 * How long the start of a program that is given up meanwhile is still waited for: what sudo has started by
 * then nobody else could end.
 */
const HAND_OVER_MS = 5000;
/** How long a polite end of the connection may take. */
const CLOSE_TIMEOUT_MS = 2000;

/** What a connection is made of. */
export interface SshConnectionParts {
  readonly client: Client;
  readonly hostKey: HostKey;
  readonly banner: string;
  readonly username: string;
  readonly endpoint: string;
  readonly route: SshRoute;
}

/**
 * A login on a host that stays open for many programs and uploads. Once the connection is lost, every
 * call rejects with code `connection_lost`; it is never opened again by itself.
 */
export class SshConnection {
  /** The key that the host proved to hold. */
  readonly hostKey: HostKey;
  /** The host's identification line. */
  readonly banner: string;
  readonly username: string;
  /** `host:port` as dialled. */
  readonly endpoint: string;
  /** The jump hosts in use, nearest to the host first. */
  readonly via: readonly string[];
  readonly #client: Client;
  readonly #route: SshRoute;
  readonly #over = new AbortController();
  #free = MAX_SESSIONS;
  readonly #waiting: (() => void)[] = [];
  #lostBecause = '';

  constructor(parts: SshConnectionParts) {
    this.hostKey = parts.hostKey;
    this.banner = parts.banner;
    this.username = parts.username;
    this.endpoint = parts.endpoint;
    this.via = parts.route.via;
    this.#client = parts.client;
    this.#route = parts.route;
    parts.client.on('error', (error) => {
      this.#lostBecause = `: ${printable(error.message)}`;
    });
    parts.client.on('close', () => {
      this.#over.abort(this.#lostError());
      // The end of a jump host's own connection is reported by that connection.
      this.#route.close().catch(() => undefined);
    });
  }

  /** Aborts when the connection is over, whoever ended it; its reason says why. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /**
   * Starts an argument vector in a session of its own; see {@link StartedProgram}. Waits while too many
   * channels are open, unless `urgent`. When the signal aborts between asking the host and its answer, the
   * program is handed over all the same, to be ended.
   */
  async exec(
    argv: readonly string[],
    signal: AbortSignal,
    urgent = false,
  ): Promise<StartedProgram> {
    const commandLine = quoteArgv(argv);
    const release = await this.#slot(signal, urgent);
    const open = async (): Promise<StartedProgram> => {
      if (signal.aborted) throw abortReason(signal);
      using aftermath = new Aftermath(signal, HAND_OVER_MS);
      return await this.#open(
        (done: (error: Error | undefined, channel: ClientChannel) => void) =>
          this.#client.exec(commandLine, done),
        (channel) => {
          channel.once('close', release);
          return this.#program(channel);
        },
        aftermath.signal,
        (late) => {
          late.signal('KILL');
          late.destroy();
        },
      );
    };
    try {
      return await this.#despiteRefusals(open, signal);
    } catch (error) {
      release();
      throw this.#channelError(error);
    }
  }

  /** Works with the host's SFTP server on a channel of its own, which is closed afterwards. */
  async withSftp<T>(
    work: (sftp: SFTPWrapper, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const release = await this.#slot(signal, false);
    const open = (): Promise<SFTPWrapper> =>
      this.#open(
        (done: (error: Error | undefined, channel: SFTPWrapper) => void) => this.#client.sftp(done),
        (channel) => {
          // Requests report failures; an error event without a listener would end the process.
          channel.on('error', () => undefined);
          return channel;
        },
        signal,
      );
    try {
      const sftp = await this.#despiteRefusals(open, signal).catch((error: unknown) => {
        throw this.#sftpError(error);
      });
      try {
        return await work(sftp, AbortSignal.any([signal, this.over]));
      } finally {
        sftp.end();
      }
    } finally {
      release();
    }
  }

  /** Asks again for a session that the host refuses while our own others may be the reason (MaxSessions). */
  async #despiteRefusals<T>(open: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let tries = 0;
    for (;;) {
      try {
        return await open();
      } catch (error) {
        // The last of the others may have ended this moment, which the host is still to notice.
        const othersAreOpen = this.#free < MAX_SESSIONS - 1;
        if (!othersAreOpen) tries += 1;
        if (!isOpenFailure(error) || tries >= REFUSED_TRIES) throw error;
        await untilAborted(setTimeout(REFUSED_WAIT_MS), AbortSignal.any([signal, this.over]));
      }
    }
  }

  /** Opens a TCP stream from the host to another one (RFC 4254, 7.2). */
  async forward(
    to: { readonly host: string; readonly port: number },
    signal: AbortSignal,
  ): Promise<Duplex> {
    try {
      return await this.#open(
        (done: (error: Error | undefined, channel: ClientChannel) => void) =>
          this.#client.forwardOut('127.0.0.1', 0, to.host, to.port, done),
        (channel) => channel,
        signal,
      );
    } catch (error) {
      throw this.#forwardError(to, error);
    }
  }

  /** Ends the connection, and those to its jump hosts. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.over.aborted) resolve();
      else this.#client.once('close', resolve);
    });
    this.#client.end();
    const timer = globalThis.setTimeout(() => this.#client.destroy(), CLOSE_TIMEOUT_MS);
    await closed;
    clearTimeout(timer);
    await this.#route.close();
  }

  /** Waits for room for one more channel; the answer gives the room back, once. */
  async #slot(signal: AbortSignal, urgent: boolean): Promise<() => void> {
    if (urgent) return () => undefined;
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#giveRoom();
    };
  }

  #giveRoom(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }

  async #turn(signal: AbortSignal): Promise<void> {
    let mine: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => {
      mine = resolve;
    });
    this.#waiting.push(mine);
    try {
      await untilAborted(promise, AbortSignal.any([signal, this.over]));
    } catch (error) {
      const at = this.#waiting.indexOf(mine);
      if (at >= 0) this.#waiting.splice(at, 1);
      // The turn came in the very moment it was given up.
      else this.#giveRoom();
      throw error;
    }
  }

  /**
   * Opens a channel by one of ssh2's callback methods, until the signal aborts or the connection ends;
   * a channel that comes too late is closed. `accept` sees the channel before any of its events: the
   * whole life of a short program may arrive in one packet.
   */
  async #open<Channel extends { destroy(): unknown }, Accepted>(
    open: (done: (error: Error | undefined, channel: Channel) => void) => void,
    accept: (channel: Channel) => Accepted,
    signal: AbortSignal,
    discard: (late: Channel) => void = (late) => late.destroy(),
  ): Promise<Accepted> {
    const either = AbortSignal.any([signal, this.over]);
    if (either.aborted) throw abortReason(either);
    let isLate = false;
    const opened = new Promise<Accepted>((resolve, reject) => {
      open((error, channel) => {
        if (error) reject(error);
        else if (isLate) discard(channel);
        else resolve(accept(channel));
      });
    });
    try {
      return await untilAborted(opened, either);
    } finally {
      isLate = true;
    }
  }

  #program(channel: ClientChannel): StartedProgram {
    const ended = new Promise<{ exitCode: number | null; signal: string | null }>(
      (resolve, reject) => {
        let exit: { exitCode: number | null; signal: string | null } | undefined;
        channel.on('exit', (code: number | null, signal?: string) => {
          exit = { exitCode: code, signal: signal ?? null };
        });
        channel.on('close', () => {
          if (exit) resolve(exit);
          else reject(this.#endedWithoutExit());
        });
      },
    );
    ended.catch(() => undefined);
    return {
      stdin: channel,
      stdout: channel,
      stderr: channel.stderr,
      ended,
      release: () => {
        channel.signal('KILL');
        channel.destroy();
      },
    };
  }

  #endedWithoutExit(): SshError {
    if (this.over.aborted) return this.#lostError();
    return sshError(
      'channel',
      'no_exit_status',
      `The session on ${this.endpoint} ended without an exit status: it was killed, or the host is shutting down. The program may or may not have finished.`,
    );
  }

  #lostError(): SshError {
    return sshError(
      'channel',
      'connection_lost',
      `The SSH connection to ${this.endpoint} is over${this.#lostBecause}.`,
    );
  }

  #channelError(error: unknown): unknown {
    if (!isOpenFailure(error))
      return this.#otherError(error, 'channel_failed', 'did not start a session');
    return sshError(
      'channel',
      'channel_refused',
      `${this.endpoint} refuses a further session (${printable(error.message)}). Raise MaxSessions in its sshd_config, or allow the login to run programs.`,
      error,
    );
  }

  #sftpError(error: unknown): unknown {
    if (isOpenFailure(error)) return this.#channelError(error);
    if (!(error instanceof Error) || error instanceof SshError || this.over.aborted) return error;
    return sshError(
      'sftp',
      'sftp_unavailable',
      `${this.endpoint} has no SFTP. Enable it in its sshd_config: Subsystem sftp internal-sftp`,
      error,
    );
  }

  #forwardError(to: { readonly host: string; readonly port: number }, error: unknown): unknown {
    if (!isOpenFailure(error)) return error;
    const target = `${to.host}:${String(to.port)}`;
    // RFC 4254, 5.1: 1 is "administratively prohibited", 2 is "connect failed".
    return error.reason === 1
      ? sshError(
          'jump_host',
          'forwarding_forbidden',
          `The jump host ${this.endpoint} does not allow forwarding. Set AllowTcpForwarding in its sshd_config.`,
          error,
        )
      : sshError(
          'jump_host',
          'forwarding_failed',
          `The jump host ${this.endpoint} cannot reach ${target} (${printable(error.message)}).`,
          error,
        );
  }

  #otherError(error: unknown, code: string, what: string): unknown {
    if (!(error instanceof Error) || error instanceof SshError) return error;
    if (this.over.aborted || error.message === 'Not connected') return this.#lostError();
    if (!/^(\(SSH\)|Unable to|No response)/.test(error.message)) return error;
    return sshError(
      'channel',
      code,
      `${this.endpoint} ${what} (${printable(error.message)}).`,
      error,
    );
  }
}

function isOpenFailure(error: unknown): error is Error & { readonly reason: number | '' } {
  return (
    error instanceof Error && 'reason' in error && error.message.includes('Channel open failure')
  );
}
