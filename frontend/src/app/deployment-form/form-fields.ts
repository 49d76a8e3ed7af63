import {
  Component,
  Injector,
  afterNextRender,
  computed,
  inject,
  input,
  linkedSignal,
} from '@angular/core';
import type { FormField } from '../platform/api/generated/models/form-field';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectLocalize } from '../platform/i18n/localized';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { isRecord, valueAt } from './draft-values';
import type { Path } from './draft-values';
import { FieldControl } from './field-control';
import { newItem } from './form-draft';
import type { Scope } from './form-draft';
import { isVisible, keysOf, plainItemOf } from './form-shape';
import { FormState } from './form-state';

/** Fields that are always there, and those behind “more options”. */
interface Section {
  readonly isAdvanced: boolean;
  readonly fields: readonly FormField[];
}

/** Fields of a form, a group or a list item, with what is inside them. */
@Component({
  selector: 'app-form-fields',
  imports: [Button, FieldControl, Icon],
  templateUrl: './form-fields.html',
  styleUrl: './form-fields.css',
})
export class FormFields {
  readonly fields = input.required<readonly FormField[]>();
  /** The form or the list item they are in: conditions look there. */
  readonly scope = input.required<Scope>();
  /** Keys of the groups around them, from the scope on. */
  readonly inside = input<readonly string[]>([]);
  /** Groups around them that are behind “more options” already. */
  readonly flat = input(false);

  private readonly injector = inject(Injector);
  protected readonly state = inject(FormState);
  protected readonly t = injectTranslate();
  protected readonly words = injectLocalize();
  protected readonly plainItemOf = plainItemOf;

  private readonly visible = computed(
    () => {
      const scope = this.state.valueAt(this.scope().path);
      return this.fields().filter((field) => isVisible(field, scope));
    },
    { equal: (a, b) => a.length === b.length && a.every((field, index) => field === b[index]) },
  );
  protected readonly sections = computed<readonly Section[]>(() => {
    const all = this.visible();
    if (this.flat()) return [{ isAdvanced: false, fields: all }];
    const advanced = all.filter((field) => field.advanced === true);
    return [
      { isAdvanced: false, fields: all.filter((field) => field.advanced !== true) },
      { isAdvanced: true, fields: advanced },
    ].filter(({ fields }) => fields.length > 0);
  });
  private readonly hasHiddenProblem = computed(() => {
    const advanced = this.sections().find(({ isAdvanced }) => isAdvanced);
    const paths = advanced?.fields.map((field) => this.pathOf(field)) ?? [];
    return this.state.hasProblemBelow(paths);
  });
  /** A problem behind the disclosure opens it; it stays open when the problem is gone. */
  protected readonly isOpen = linkedSignal<boolean, boolean>({
    source: this.hasHiddenProblem,
    computation: (hasProblem, previous) => hasProblem || (previous?.value ?? false),
  });

  protected pathOf(field: FormField): Path {
    return [...this.scope().path, ...this.inside(), ...keysOf(field)];
  }

  protected keysInside(field: FormField): readonly string[] {
    return [...this.inside(), ...keysOf(field)];
  }

  protected scopeOf(list: FormField, index: number): Scope {
    return { fields: list.item ?? [], path: [...this.pathOf(list), index] };
  }

  /** What tells an item of a list from the others: the first text in it. */
  protected nameOf(list: FormField, index: number): string {
    const item = this.state.itemsAt(this.pathOf(list))[index];
    if (!isRecord(item)) return '';
    for (const field of list.item ?? []) {
      const value = valueAt(item, keysOf(field));
      const text = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
      if (!['text', 'list'].includes(field.type) || typeof text !== 'string') continue;
      if (text.trim() !== '') return text;
    }
    return '';
  }

  protected add(list: FormField, section: HTMLElement): void {
    this.state.addItem(this.pathOf(list), newItem(list));
    this.afterwards(() => {
      const added = section.querySelectorAll(':scope > [data-item]');
      added
        .item(added.length - 1)
        .querySelector<HTMLElement>('input, select, textarea')
        ?.focus();
    });
  }

  protected remove(list: FormField, index: number, section: HTMLElement): void {
    this.state.removeItem(this.pathOf(list), index);
    this.afterwards(() => {
      section.querySelector<HTMLElement>(':scope > header [data-add]')?.focus();
    });
  }

  private afterwards(work: () => void): void {
    afterNextRender(work, { injector: this.injector });
  }
}
