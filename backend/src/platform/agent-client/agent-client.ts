import type { AgentEvent, MethodName, ParamsOf, ResultOf } from '@myx/protocol';
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

  /** Closes all connections; calls in flight fail. */
  abstract close(): Promise<void>;
}
