import { Injectable } from '@angular/core';

/** Things remembered in this browser. Never anything secret. */
export type PreferenceName = 'theme' | 'language' | 'nav' | 'density' | 'views';

/**
 * Small per-browser settings. Where storage is blocked (private windows, policies) they last until the
 * page is left, and nothing fails.
 */
@Injectable({ providedIn: 'root' })
export class Preferences {
  private readonly fallback = new Map<string, string>();

  read(name: PreferenceName): string | null {
    try {
      return localStorage.getItem(`myx.${name}`) ?? this.fallback.get(name) ?? null;
    } catch (error) {
      if (error instanceof DOMException) return this.fallback.get(name) ?? null;
      throw error;
    }
  }

  write(name: PreferenceName, value: string): void {
    this.fallback.set(name, value);
    try {
      localStorage.setItem(`myx.${name}`, value);
    } catch (error) {
      // Blocked or full: the value above still holds until the page is left.
      if (!(error instanceof DOMException)) throw error;
    }
  }
}
