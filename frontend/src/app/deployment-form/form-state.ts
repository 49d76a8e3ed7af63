import { Injectable, computed, linkedSignal, signal } from '@angular/core';
import type { FormDescription } from '../platform/api/generated/models/form-description';
import type { FieldProblem } from '../platform/problem/problem';
import { injectTranslate } from '../platform/i18n/i18n';
import { pathText, valueAt, withValue } from './draft-values';
import type { Draft, Path } from './draft-values';
import { entered } from './form-draft';
import type { Scope } from './form-draft';
import { checkDraft, placeProblems } from './form-problems';

/** A server that help for a field can ask something of. */
export interface FormServer {
  readonly id: string;
  readonly name: string;
}

const NOTHING: FormDescription = { fields: [] };

/** The form on screen: what was entered, and what is wrong with it. One for each form. */
@Injectable()
export class FormState {
  private readonly t = injectTranslate();
  readonly form = signal<FormDescription>(NOTHING);
  readonly draft = signal<Draft>({});
  readonly isReadonly = signal(false);
  /** Somebody tried to go on: what is missing is shown. */
  readonly tried = signal(false);
  /** The manager's complaints about what was sent last. */
  readonly complaints = signal<readonly FieldProblem[]>([]);
  readonly kind = signal('');
  readonly servers = signal<readonly FormServer[]>([]);
  /** Called with every change that somebody makes. */
  onChange: (draft: Draft) => void = () => undefined;

  /** Fields that were changed since the manager complained. */
  private readonly mended = linkedSignal<readonly FieldProblem[], ReadonlySet<string>>({
    source: this.complaints,
    computation: () => new Set(),
  });
  private readonly placed = computed(() =>
    placeProblems(this.form(), this.draft(), this.complaints()),
  );
  private readonly missing = computed(() => checkDraft(this.form(), this.draft(), this.t));
  /** By the path of the field. */
  readonly problems = computed(() => {
    const found = new Map<string, string>();
    for (const [path, text] of this.placed().fields) {
      if (!this.isMended(path)) found.set(path, text);
    }
    if (this.tried()) for (const [path, text] of this.missing()) found.set(path, text);
    return found;
  });
  /** Complaints about nothing that is on screen. */
  readonly unplaced = computed(() => this.placed().rest);

  problemAt(path: Path): string | null {
    return this.problems().get(pathText(path)) ?? null;
  }

  /** True when something at or below one of these paths is wrong. */
  hasProblemBelow(paths: readonly Path[]): boolean {
    const heads = paths.map(pathText);
    return [...this.problems().keys()].some((path) =>
      heads.some((head) => path === head || path.startsWith(`${head}.`)),
    );
  }

  valueAt(path: Path): unknown {
    return valueAt(this.draft(), path);
  }

  enter(scope: Scope, path: Path, value: unknown): void {
    this.change(path, entered(this.form(), this.draft(), { scope, path, value }));
  }

  addItem(path: Path, item: unknown): void {
    this.replaceItems(path, [...this.itemsAt(path), item]);
  }

  removeItem(path: Path, index: number): void {
    this.replaceItems(
      path,
      this.itemsAt(path).filter((_item, at) => at !== index),
    );
  }

  itemsAt(path: Path): readonly unknown[] {
    const items = this.valueAt(path);
    return Array.isArray(items) ? (items as readonly unknown[]) : [];
  }

  private replaceItems(path: Path, items: readonly unknown[]): void {
    this.change(path, withValue(this.draft(), path, items) as Draft);
  }

  private change(path: Path, draft: Draft): void {
    this.mended.update((mended) => new Set([...mended, pathText(path)]));
    this.draft.set(draft);
    this.onChange(draft);
  }

  /** What is wrong with a list or its items may be right once the list changed. */
  private isMended(path: string): boolean {
    return [...this.mended()].some(
      (mended) => path === mended || path.startsWith(`${mended}.`) || mended.startsWith(`${path}.`),
    );
  }
}
