import { Injectable, signal } from '@angular/core';
import type { IconName } from '../../ui/icons';

/** Something the command palette can do. */
export interface PaletteAction {
  readonly id: string;
  /** In the language on screen. */
  readonly label: string;
  /** Heading it is listed under, in the language on screen. */
  readonly group: string;
  readonly icon: IconName;
  /** Shown at its end, such as a shortcut or an address. */
  readonly hint?: string;
  /** Other words it is found by. */
  readonly keywords?: string;
  readonly run: () => void;
}

/** Gives actions for what was typed; features register one to add theirs to the palette. */
export type ActionSource = (
  query: string,
) => readonly PaletteAction[] | Promise<readonly PaletteAction[]>;

/** The actions of the command palette. */
@Injectable({ providedIn: 'root' })
export class Actions {
  private readonly registered = signal<readonly ActionSource[]>([]);
  readonly sources = this.registered.asReadonly();

  /** Registers a source until the returned function is called. */
  register(source: ActionSource): () => void {
    this.registered.update((sources) => [...sources, source]);
    return () => {
      this.registered.update((sources) => sources.filter((other) => other !== source));
    };
  }
}
