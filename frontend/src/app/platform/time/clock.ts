import { DestroyRef, Injectable, inject, signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';

/** How often relative times are written anew, in milliseconds. */
const TICK_MS = 1000;

/**
 * The one timer behind every relative time on screen. It rests while the tab is hidden and is right
 * again at the moment the tab is shown.
 */
@Injectable({ providedIn: 'root' })
export class Clock {
  private readonly document = inject(DOCUMENT);
  private readonly time = signal(Date.now());
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Milliseconds since the epoch, a second old at most while the tab is visible. */
  readonly now = this.time.asReadonly();

  constructor() {
    const follow = (): void => {
      if (this.document.hidden) this.stop();
      else this.start();
    };
    this.document.addEventListener('visibilitychange', follow);
    follow();
    inject(DestroyRef).onDestroy(() => {
      this.stop();
      this.document.removeEventListener('visibilitychange', follow);
    });
  }

  private start(): void {
    this.time.set(Date.now());
    this.timer ??= setInterval(() => {
      this.time.set(Date.now());
    }, TICK_MS);
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
