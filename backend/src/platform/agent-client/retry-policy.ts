import type { Logger } from 'pino';
import pRetry from 'p-retry';
import { AgentCallError, CONNECTION_REPLACED } from './agent-call-error.js';
import type { CallOptions } from './agent-client.js';

/** How failed attempts are repeated. */
export interface RetryPolicy {
  /** Retries after the first attempt. */
  readonly retries: number;
  /** Pause before the first retry in milliseconds; doubled for each further one. */
  readonly baseMs: number;
}

/**
 * The one retry policy of calls to agents: connection failures, timeouts, failed TLS handshakes and 5xx
 * are repeated, a refusal by the gate, a 400, another certificate and an error of the method are not.
 * Every retry is logged with attempt, cause and wait.
 *
 * @throws AgentCallError of the last attempt, or the reason of `options.signal`.
 */
export async function withRetries<Result>(
  method: string,
  attempt: () => Promise<Result>,
  policy: RetryPolicy,
  logger: Logger,
  options: CallOptions = {},
): Promise<Result> {
  return pRetry(attempt, {
    retries: options.retries ?? policy.retries,
    minTimeout: policy.baseMs,
    factor: 2,
    ...(options.signal && { signal: options.signal }),
    shouldRetry: ({ error }) => isRepeated(error),
    onFailedAttempt: ({ error, attemptNumber, retriesLeft, retryDelay }) => {
      if (!isRepeated(error) || retriesLeft === 0) return;
      const { layer, code } = error;
      logger.warn(
        { method, attempt: attemptNumber, layer, code, cause: error.message, waitMs: retryDelay },
        'agent call failed, retrying',
      );
      options.onRetry?.({ method, attempt: attemptNumber, cause: error, waitMs: retryDelay });
    },
  });
}

/** A client that was closed stays closed: only its caller can take another one. */
function isRepeated(error: unknown): error is AgentCallError {
  return error instanceof AgentCallError && error.retryable && error.code !== CONNECTION_REPLACED;
}
