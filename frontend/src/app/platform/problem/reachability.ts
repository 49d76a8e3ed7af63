import { DestroyRef, Injectable, computed, inject, signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';

/** Whether the manager answers, as far as the last request and the browser itself know. */
@Injectable({ providedIn: 'root' })
export class Reachability {
  private readonly browserOnline = signal(true);
  private readonly lastRequestFailed = signal(false);

  /** Why nothing can be loaded now, or null: the browser has no network, or the manager is silent. */
  readonly outage = computed<'browser_offline' | 'manager_unreachable' | null>(() => {
    if (!this.browserOnline()) return 'browser_offline';
    return this.lastRequestFailed() ? 'manager_unreachable' : null;
  });

  constructor() {
    const window = inject(DOCUMENT).defaultView;
    if (!window) return;
    this.browserOnline.set(window.navigator.onLine);
    const listeners = new AbortController();
    const set = (online: boolean) => () => {
      this.browserOnline.set(online);
    };
    window.addEventListener('online', set(true), { signal: listeners.signal });
    window.addEventListener('offline', set(false), { signal: listeners.signal });
    inject(DestroyRef).onDestroy(() => {
      listeners.abort();
    });
  }

  /** A request got an answer, whichever. */
  answered(): void {
    this.lastRequestFailed.set(false);
  }

  /** A request got none. */
  failed(): void {
    this.lastRequestFailed.set(true);
  }
}
