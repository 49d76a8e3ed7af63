import {
  Component,
  computed,
  effect,
  inject,
  linkedSignal,
  resource,
  signal,
  untracked,
} from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { DialogRef } from '@angular/cdk/dialog';
import { LiveAnnouncer } from '@angular/cdk/a11y';
import { injectTranslate } from '../platform/i18n/i18n';
import { Actions } from '../platform/shortcuts/actions';
import type { PaletteAction } from '../platform/shortcuts/actions';
import { Icon } from '../ui/icon';
import { Kbd } from '../ui/kbd';
import { BuiltInActions } from './built-in-actions';
import { paletteResults } from './palette-results';

/** Go anywhere and do anything by typing (a combobox whose list is always open). */
@Component({
  selector: 'app-command-palette',
  imports: [Icon, Kbd],
  styleUrl: './command-palette.css',
  templateUrl: './command-palette.html',
})
export class CommandPalette {
  private readonly ref = inject(DialogRef);
  private readonly document = inject(DOCUMENT);
  private readonly announcer = inject(LiveAnnouncer);
  private readonly builtIn = inject(BuiltInActions);
  private readonly sources = inject(Actions).sources;
  protected readonly t = injectTranslate();
  protected readonly headingId = this.ref.config.ariaLabelledBy ?? '';
  protected readonly query = signal('');

  private readonly found = resource({
    params: () => ({ query: this.query(), sources: this.sources() }),
    loader: async ({ params }): Promise<readonly PaletteAction[]> =>
      (
        await Promise.all(params.sources.map((source) => Promise.resolve(source(params.query))))
      ).flat(),
  });
  protected readonly results = computed(() => {
    const found = this.found.hasValue() ? this.found.value() : [];
    return paletteResults([...found, ...this.builtIn.all()], this.query());
  });
  /** Somebody is still being asked: what there is may not be all. */
  protected readonly isLooking = this.found.isLoading;
  /** What arrows and pointer chose: it stays chosen when more is found. Null: the best. */
  protected readonly chosen = linkedSignal<string, string | null>({
    source: this.query,
    computation: () => null,
  });
  protected readonly active = computed(() =>
    Math.max(
      0,
      this.results().findIndex(({ action }) => action.id === this.chosen()),
    ),
  );
  /** Enter was pressed before anything was found. */
  private readonly isAwaited = linkedSignal<string, boolean>({
    source: this.query,
    computation: () => false,
  });

  constructor() {
    effect(() => {
      if (!this.isAwaited() || this.isLooking()) return;
      const first = this.results()[0]?.action;
      untracked(() => {
        this.run(first);
      });
    });
    effect(() => {
      if (this.isLooking()) return;
      void this.announcer.announce(this.t('palette.count', { n: this.results().length }));
    });
  }

  protected run(action: PaletteAction | undefined): void {
    if (!action) {
      this.isAwaited.set(this.isLooking());
      return;
    }
    this.ref.close();
    action.run();
  }

  protected key(event: KeyboardEvent): void {
    const count = this.results().length;
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move !== undefined && count > 0) this.moveTo((this.active() + move + count) % count);
    else if (event.key === 'Enter' && !event.isComposing) {
      this.run(this.results()[this.active()]?.action);
    } else return;
    event.preventDefault();
  }

  private moveTo(index: number): void {
    this.chosen.set(this.results()[index]?.action.id ?? null);
    this.document.getElementById(`palette-${String(index)}`)?.scrollIntoView({ block: 'nearest' });
  }
}
