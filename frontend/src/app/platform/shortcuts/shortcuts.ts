import { DestroyRef, Injectable, inject } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import type { PlainKey } from '../../../i18n/en';
import { JumpKeys } from './jump-keys';

/** One key combination somebody registered. */
export interface Shortcut {
  /** `?`, `/`, `mod+k`, or two keys in a row such as `g s`. `mod` is Ctrl, on a Mac Command. */
  readonly keys: string;
  readonly label: PlainKey;
  readonly run: () => void;
}

/**
 * Keys that work anywhere on a page. Single letters are ignored while somebody types and while a dialog
 * is open; combinations with Ctrl or Command always work.
 */
@Injectable({ providedIn: 'root' })
export class Shortcuts {
  private readonly document = inject(DOCUMENT);
  private readonly jumps = new JumpKeys();
  private readonly registered: Shortcut[] = [];

  constructor() {
    const listener = (event: KeyboardEvent): void => {
      this.handle(event);
    };
    this.document.addEventListener('keydown', listener);
    inject(DestroyRef).onDestroy(() => {
      this.document.removeEventListener('keydown', listener);
    });
  }

  /** What works now, for the list of shortcuts. */
  all(): readonly Shortcut[] {
    return this.registered;
  }

  /** Registers until the returned function is called. The latest of two with the same keys wins. */
  register(shortcut: Shortcut): () => void {
    this.registered.unshift(shortcut);
    return () => {
      const index = this.registered.indexOf(shortcut);
      if (index >= 0) this.registered.splice(index, 1);
    };
  }

  private handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const keys = this.keysOf(event);
    const shortcut = this.registered.find((candidate) => keys.includes(candidate.keys));
    if (!shortcut) return;
    event.preventDefault();
    this.jumps.reset();
    shortcut.run();
  }

  /** The combinations this key press completes, the longest first. */
  private keysOf(event: KeyboardEvent): readonly string[] {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) return event.altKey ? [] : [`mod+${key}`];
    if (
      event.altKey ||
      isTyping(event.target) ||
      this.document.querySelector('[aria-modal="true"]')
    ) {
      return [];
    }
    return this.jumps.press(key, event.timeStamp);
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('.xterm') !== null) return true;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** True where the modifier of shortcuts is Command. */
export function isMac(document: Document): boolean {
  return /mac|iphone|ipad/i.test(document.defaultView?.navigator.userAgent ?? '');
}
