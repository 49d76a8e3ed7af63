import { describe, expect, it } from '@jest/globals';
import { Aftermath, Deadline, DeadlineExpired, abortReason, untilAborted } from './deadline.js';

const never = new Promise<never>(() => undefined);

describe('Deadline', () => {
  it('aborts when its time is over', async () => {
    using deadline = new Deadline(1);

    await expect(untilAborted(never, deadline.signal)).rejects.toBeInstanceOf(DeadlineExpired);
    expect(deadline.expired).toBe(true);
  });

  it('aborts with the caller, and says that it was not the time', () => {
    const caller = new AbortController();
    using deadline = new Deadline(60_000, caller.signal);
    const reason = new Error('no longer wanted');

    caller.abort(reason);

    expect([deadline.signal.reason, deadline.expired]).toEqual([reason, false]);
  });
});

describe('Aftermath', () => {
  it.each([true, false])(
    'aborts after the other one, for its reason (aborted before: %s)',
    async (before) => {
      const cause = new AbortController();
      const reason = new Error('no longer wanted');
      if (before) cause.abort(reason);
      using aftermath = new Aftermath(cause.signal, 1);
      if (!before) cause.abort(reason);

      expect(aftermath.signal.aborted).toBe(false);
      await expect(untilAborted(never, aftermath.signal)).rejects.toBe(reason);
    },
  );
});

describe('untilAborted', () => {
  it('gives what the work gives', async () => {
    const { signal } = new AbortController();

    expect(await untilAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(untilAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow(
      'broken',
    );
  });

  it('does not wait when the signal has aborted already', async () => {
    const reason = new Error('too late');

    await expect(untilAborted(never, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('abortReason', () => {
  it('is always an Error', () => {
    const error = abortReason(AbortSignal.abort('a word'));

    expect(error).toBeInstanceOf(Error);
    expect(error.cause).toBe('a word');
  });
});
