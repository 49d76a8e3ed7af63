import { Component, ElementRef, computed, inject, input, output } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { newVariable } from './variable-draft';
import type { VariableDraft, VariableProblem } from './variable-draft';
import { VariableFields } from './variable-fields';

const MOST = 100;

/** The variables of a playbook, to be added, changed and taken away. */
@Component({
  selector: 'app-variables-editor',
  imports: [Button, VariableFields],
  styles: `
    li {
      padding: 16px;
      border-bottom: 1px solid var(--line);
    }
    .end {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px 16px;
      padding: 12px 16px;
    }
    p {
      flex: 1;
      min-width: min(280px, 100%);
    }
  `,
  template: `<ul [attr.aria-label]="t('variables.title')">
      @for (variable of variables(); track variable.key; let index = $index) {
        <li>
          <app-variable-fields
            [variable]="variable"
            [problem]="isTried() ? (problems().get(variable.key) ?? null) : null"
            (changed)="replace(index, $event)"
            (removed)="remove(index)"
          />
        </li>
      }
    </ul>
    <div class="end">
      @if (variables().length < most) {
        <button uiButton icon="plus" (click)="add()">{{ t('variables.add') }}</button>
      }
      <p class="small muted">{{ hint() }}</p>
    </div>`,
})
export class VariablesEditor {
  readonly variables = input.required<readonly VariableDraft[]>();
  readonly problems = input.required<ReadonlyMap<string, VariableProblem | null>>();
  /** Saving was tried: now problems are shown. */
  readonly isTried = input(false);
  readonly changed = output<readonly VariableDraft[]>();

  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly t = injectTranslate();
  protected readonly most = MOST;
  protected readonly hint = computed(() => this.t('variables.hint'));

  protected add(): void {
    const added = newVariable();
    this.changed.emit([...this.variables(), added]);
    // Once it is drawn, its name is what is typed next.
    setTimeout(() => {
      this.element.querySelector<HTMLElement>('li:last-child input')?.focus();
    });
  }

  protected replace(index: number, variable: VariableDraft): void {
    this.changed.emit(this.variables().map((other, at) => (at === index ? variable : other)));
  }

  protected remove(index: number): void {
    this.changed.emit(this.variables().filter((_variable, at) => at !== index));
    setTimeout(() => {
      this.element.querySelector<HTMLElement>('.end button')?.focus();
    });
  }
}
