import { Injectable, computed, signal } from '@angular/core';
import type { FormDescription } from '../platform/api/generated/models/form-description';
import { isRecord } from '../deployment-form/draft-values';
import type { Draft } from '../deployment-form/draft-values';
import { configOf, draftOf } from '../deployment-form/form-draft';

/** How the configuration is entered. */
export type ConfigMode = 'form' | 'json';

/** A configuration while it is entered, and what it began with. */
export interface EnteredDraft {
  readonly form: FormDescription;
  readonly values: Draft;
}

/** A configuration that somebody changes, in a form or as JSON, and the version that it is a change of. */
@Injectable()
export class ConfigDraft {
  private readonly current = signal<EnteredDraft | null>(null);
  private readonly began = signal('');
  private readonly base = signal(0);
  private readonly offered = signal(0);
  private readonly text = signal('');

  readonly draft = this.current.asReadonly();
  readonly mode = signal<ConfigMode>('form');
  /** The version that is being changed. */
  readonly version = this.base.asReadonly();
  readonly json = this.text.asReadonly();
  /** Why the JSON cannot be used; null when it can. */
  readonly jsonProblem = computed(() => (this.mode() === 'json' ? wrongIn(this.text()) : null));

  /** What is to be sent; null while the JSON cannot be read. */
  readonly entered = computed<Record<string, unknown> | null>(() => {
    const draft = this.current();
    if (!draft) return null;
    if (this.mode() === 'form') return configOf(draft.form, draft.values);
    return wrongIn(this.text()) === null ? (JSON.parse(this.text()) as Draft) : null;
  });

  readonly isChanged = computed(() => {
    const entered = this.entered();
    return entered === null ? this.current() !== null : JSON.stringify(entered) !== this.began();
  });

  /** A newer version that somebody else made meanwhile; null when there is none. */
  readonly newer = computed(() => (this.offered() > this.base() ? this.offered() : null));

  /** Takes over what is stored, unless somebody is changing an older version of it. */
  offer(form: FormDescription, config: Draft, version: number): void {
    this.offered.set(version);
    if (version === this.base()) return;
    if (this.current() === null || !this.isChanged()) this.begin(form, config, version);
  }

  /** Begins with what is stored. */
  begin(form: FormDescription, config: Draft, version: number): void {
    const values = draftOf(form, config);
    this.current.set({ form, values });
    this.base.set(version);
    this.offered.set(version);
    this.began.set(JSON.stringify(configOf(form, values)));
    this.text.set(pretty(configOf(form, values)));
  }

  /** This is stored now, as this version. What was entered since is a change of it. */
  stored(config: Record<string, unknown>, version: number): void {
    this.base.set(version);
    this.offered.set(version);
    this.began.set(JSON.stringify(config));
  }

  enter(values: Draft): void {
    this.current.update((draft) => draft && { ...draft, values });
  }

  enterJson(text: string): void {
    this.text.set(text);
  }

  /** Shows the same in the other way. JSON that cannot be read is mended first. */
  switchTo(mode: ConfigMode): void {
    const draft = this.current();
    const entered = this.entered();
    if (mode === this.mode() || !draft || entered === null) return;
    if (mode === 'json') this.text.set(pretty(entered));
    else this.current.set({ ...draft, values: draftOf(draft.form, entered) });
    this.mode.set(mode);
  }
}

function pretty(config: unknown): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

function wrongIn(text: string): string | null {
  try {
    return isRecord(JSON.parse(text)) ? null : '{ … }';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
