import type { AgentEvent, MethodName, ParamsOf, PutFileQuery, ResultOf } from '@myx/protocol';
import type { AgentCallError } from './agent-call-error.js';

/** A failed attempt that will be repeated. */
export interface RetryNotice {
  readonly method: string;
  /** Attempts made so far. */
  readonly attempt: number;
  readonly cause: AgentCallError;
  /** Milliseconds until the next attempt. */
  readonly waitMs: number;
}

/** How one call is made. */
export interface CallOptions {
  /** Ends the call, also while it waits for a retry. The call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Retries after a failed attempt; default from the configuration. */
  readonly retries?: number;
  /** Deadline of one attempt in milliseconds instead of the method's own. */
  readonly timeoutMs?: number;
  /** Told of every retry, after it was logged. */
  readonly onRetry?: (notice: RetryNotice) => void;
}

/** A file to write on a server. */
export interface FileToSend {
  /** Absolute, below the directories that the agent lets files into. */
  readonly path: string;
  readonly mode: PutFileQuery['mode'];
  /** Its bytes, or a file of the manager. */
  readonly source: Buffer | { readonly file: string };
}

/** How a file is sent. */
export interface SendOptions extends CallOptions {
  /** Told how many bytes of how many went out; starts again from 0 with a retry. */
  readonly onProgress?: (sent: number, total: number) => void;
}

/** How a file is read. */
export interface ReadOptions extends CallOptions {
  /** A longer file is refused. Default 8 MiB. */
  readonly maxBytes?: number;
}

/**
 * A connection to one agent. Parameters and results are parsed by the schemas of the wire contract on
 * this side too: an agent is not believed.
 */
export abstract class AgentClient {
  /**
   * Calls a method.
   *
   * @throws AgentCallError naming the layer that failed.
   */
  abstract call<Name extends MethodName>(
    method: Name,
    params: ParamsOf<Name>,
    options?: CallOptions,
  ): Promise<ResultOf<Name>>;

  /**
   * Follows the agent's events after sequence number `after` until the stream breaks (throws
   * AgentCallError), ends (returns), or `signal` fires (throws its reason). To resume, call again with
   * the `seq` of the last event seen.
   */
  abstract events(after: number, signal: AbortSignal): AsyncIterable<AgentEvent>;

  /**
   * Writes a file: it appears whole and verified, or not at all. `timeoutMs` bounds the silence, not the
   * whole transfer.
   *
   * @throws AgentCallError; code `file_refused`, `file_no_space` when the agent does not take it.
   */
  abstract putFile(file: FileToSend, options?: SendOptions): Promise<void>;

  /**
   * Reads a file; null when there is none.
   *
   * @throws AgentCallError; code `file_refused`, `response_too_large`.
   */
  abstract getFile(path: string, options?: ReadOptions): Promise<Buffer | null>;

  /** Closes all connections; calls in flight fail. */
  abstract close(): Promise<void>;
}
