import type { ElementRef } from '@angular/core';
import {
  Component,
  Injector,
  afterNextRender,
  booleanAttribute,
  effect,
  inject,
  input,
  model,
  untracked,
  viewChild,
} from '@angular/core';
import type { FormDescription } from '../platform/api/generated/models/form-description';
import { injectTranslate } from '../platform/i18n/i18n';
import type { FieldProblem } from '../platform/problem/problem';
import { Notice } from '../ui/notice';
import type { Draft } from './draft-values';
import { FormFields } from './form-fields';
import { checkDraft } from './form-problems';
import { FormState } from './form-state';
import type { FormServer } from './form-state';

/**
 * A configuration, entered into the form that its kind describes. Begin with `draftOf(form, config)`, send
 * `configOf(form, draft)`, and give the manager's complaints back as `problems`.
 */
@Component({
  selector: 'app-deployment-form',
  imports: [FormFields, Notice],
  providers: [FormState],
  styles: `
    :host,
    div {
      display: flex;
      flex-direction: column;
      gap: 16px;
      min-width: 0;
    }
  `,
  template: `<div #root>
    @if (state.unplaced().length > 0) {
      <ui-notice tone="bad" alert>
        @for (problem of state.unplaced(); track $index) {
          <p>
            <code>{{ problem.path }}</code> {{ problem.message }}
          </p>
        }
      </ui-notice>
    }
    <app-form-fields [fields]="form().fields" [scope]="{ fields: form().fields, path: [] }" />
  </div>`,
})
export class DeploymentForm {
  readonly form = input.required<FormDescription>();
  readonly draft = model.required<Draft>();
  /** What the manager refused, as it names it: `config.sites.0.hosts`. */
  readonly problems = input<readonly FieldProblem[]>([]);
  readonly readonly = input(false, { transform: booleanAttribute });
  /** Name of the kind and the servers it is for: for help with single fields. */
  readonly kind = input('');
  readonly servers = input<readonly FormServer[]>([]);

  private readonly injector = inject(Injector);
  protected readonly state = inject(FormState);
  protected readonly t = injectTranslate();
  private readonly root = viewChild.required<ElementRef<HTMLElement>>('root');

  constructor() {
    const { state } = this;
    state.onChange = (draft) => {
      this.draft.set(draft);
    };
    effect(() => {
      state.form.set(this.form());
      state.draft.set(this.draft());
      state.isReadonly.set(this.readonly());
      state.kind.set(this.kind());
      state.servers.set(this.servers());
    });
    effect(() => {
      const problems = this.problems();
      untracked(() => {
        state.complaints.set(problems);
        if (problems.length > 0) this.focusFirstProblem();
      });
    });
  }

  /** Shows what is missing and goes to the first of it. True when nothing is. */
  check(): boolean {
    this.state.tried.set(true);
    const isComplete = checkDraft(this.form(), this.draft(), this.t).size === 0;
    if (!isComplete) this.focusFirstProblem();
    return isComplete;
  }

  private focusFirstProblem(): void {
    afterNextRender(
      () => {
        const first = this.root().nativeElement.querySelector<HTMLElement>(
          '[aria-invalid="true"], [data-problem]',
        );
        first?.focus();
      },
      { injector: this.injector },
    );
  }
}
