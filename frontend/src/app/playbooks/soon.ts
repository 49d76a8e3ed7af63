import { DestroyRef, inject } from '@angular/core';

/** A function that calls `work` once for all its calls within `ms` milliseconds. In an injection context. */
export function soon(work: () => unknown, ms: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  inject(DestroyRef).onDestroy(() => {
    clearTimeout(timer);
  });
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, ms);
  };
}
