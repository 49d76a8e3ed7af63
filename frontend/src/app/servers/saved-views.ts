import { Injectable, inject, signal } from '@angular/core';
import { Preferences } from '../platform/preferences';

/** A filter somebody gave a name. */
export interface SavedView {
  readonly name: string;
  /** The query of its address, without the question mark. */
  readonly query: string;
}

/** Most views that are kept. */
const MOST = 50;

/** Named filters of the server list, kept in this browser. */
@Injectable({ providedIn: 'root' })
export class SavedViews {
  private readonly preferences = inject(Preferences);
  private readonly views = signal(parseViews(this.preferences.read('views')));

  readonly list = this.views.asReadonly();

  /** Keeps a view; one with the same name is replaced. */
  save(view: SavedView): void {
    const others = this.views().filter(({ name }) => name !== view.name);
    this.write([...others, view].slice(-MOST));
  }

  remove(name: string): void {
    this.write(this.views().filter((view) => view.name !== name));
  }

  private write(views: readonly SavedView[]): void {
    this.views.set(views);
    this.preferences.write('views', JSON.stringify(views));
  }
}

/** Reads stored views. What is not one, such as an older format, is left out. */
export function parseViews(text: string | null): readonly SavedView[] {
  if (text === null) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isView).slice(-MOST) : [];
  } catch (error) {
    // Not JSON: somebody else wrote there. There are no views then.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false;
  const { name, query } = value as Partial<Record<'name' | 'query', unknown>>;
  return typeof name === 'string' && name !== '' && typeof query === 'string';
}
