import { DestroyRef, inject } from '@angular/core';

/**
 * A function that calls `work` once for all its calls within `ms` milliseconds, and never while the work of an earlier
 * one goes on: work that takes longer would be begun anew without end. In an injection context.
 */
export function soon(work: () => Promise<unknown>, ms: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWorking = false;
  let isDue = false;
  let isOver = false;
  inject(DestroyRef).onDestroy(() => {
    isOver = true;
    clearTimeout(timer);
  });
  const call = (): void => {
    if (isWorking) isDue = true;
    else if (!isOver) timer ??= setTimeout(() => void run(), ms);
  };
  const run = async (): Promise<void> => {
    timer = undefined;
    isWorking = true;
    await work();
    isWorking = false;
    if (isDue) call();
    isDue = false;
  };
  return call;
}
