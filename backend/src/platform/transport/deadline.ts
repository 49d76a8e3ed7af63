/**
 * One deadline for a whole operation, joined with the caller's own AbortSignal. Use it with `using`, so
 * that the timer never outlives the operation.
 */
export class Deadline implements Disposable {
  /** Aborts when the time is over or when the caller's signal does. */
  readonly signal: AbortSignal;
  readonly #expiry = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(
    readonly milliseconds: number,
    callerSignal?: AbortSignal,
  ) {
    this.#timer = setTimeout(() => {
      this.#expiry.abort(new DeadlineExpired(milliseconds));
    }, milliseconds);
    this.signal = callerSignal
      ? AbortSignal.any([callerSignal, this.#expiry.signal])
      : this.#expiry.signal;
  }

  /** Whether it was the time, not the caller, that ended the operation. */
  get expired(): boolean {
    return this.signal.reason instanceof DeadlineExpired;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Aborts as another signal does, but some time later: for what cannot be left alone the moment its caller
 * gives up. Use it with `using`.
 */
export class Aftermath implements Disposable {
  readonly #late = new AbortController();
  readonly #listening = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(cause: AbortSignal, milliseconds: number) {
    const begin = (): void => {
      this.#timer = setTimeout(() => {
        this.#late.abort(cause.reason);
      }, milliseconds);
    };
    if (cause.aborted) begin();
    else cause.addEventListener('abort', begin, { once: true, signal: this.#listening.signal });
  }

  /** Aborts with the other signal's reason. */
  get signal(): AbortSignal {
    return this.#late.signal;
  }

  [Symbol.dispose](): void {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }
}

/** The reason of a {@link Deadline}'s signal when its time is over. */
export class DeadlineExpired extends Error {
  constructor(readonly milliseconds: number) {
    super(`The operation did not end within ${String(milliseconds / 1000)} s.`);
    this.name = 'DeadlineExpired';
  }
}

/**
 * Settles as `work` does, or rejects with the signal's reason as soon as it aborts. `work` itself is not
 * stopped: whoever started it ends it.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // The loser of the race has no other listener; its rejection was reported or no longer matters.
  work.catch(() => undefined);
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(abortReason(signal));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  aborted.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

/** The reason of an aborted signal as an Error, whatever the caller aborted with. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error
    ? reason
    : new Error('The operation was aborted.', { cause: reason });
}
