import type { Response } from 'express';

/** Fires after `seconds`, or as soon as nobody waits for the answer any more. */
export function waitingSignal(seconds: number, response: Response): AbortSignal {
  if (seconds === 0) return AbortSignal.abort();
  const closed = new AbortController();
  response.once('close', () => {
    closed.abort();
  });
  return AbortSignal.any([closed.signal, AbortSignal.timeout(seconds * 1000)]);
}
