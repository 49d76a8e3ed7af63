import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { soon } from './soon';

describe('soon', () => {
  const work = jest.fn<() => Promise<void>>();

  beforeEach(() => {
    jest.useFakeTimers();
    work.mockReset().mockResolvedValue(undefined);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const made = (): (() => void) => TestBed.runInInjectionContext(() => soon(work, 1000));

  it('works once for all calls that come together', () => {
    const call = made();
    for (let at = 0; at < 5; at += 1) call();

    jest.runAllTimers();

    expect(work).toHaveBeenCalledTimes(1);
  });

  it('waits for work that takes longer, and works once more for what came meanwhile', async () => {
    const long = Promise.withResolvers<undefined>();
    work.mockReturnValueOnce(long.promise);
    const call = made();
    call();
    await jest.runAllTimersAsync();

    call();
    call();
    await jest.runAllTimersAsync();
    expect(work).toHaveBeenCalledTimes(1);

    long.resolve(undefined);
    await jest.runAllTimersAsync();
    expect(work).toHaveBeenCalledTimes(2);
  });
});
