import { Component, booleanAttribute, input, output } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Icon } from './icon';

/** Where somebody is in a sequence of steps; done ones can be gone back to. */
@Component({
  selector: 'ui-step-bar',
  imports: [Icon],
  styles: `
    ol {
      display: flex;
      align-items: center;
      gap: 12px;
    }
    li {
      display: flex;
      align-items: center;
      gap: 12px;
    }
    li:not(:last-child) {
      flex: 1;
    }
    li:not(:last-child)::after {
      content: '';
      flex: 1;
      min-width: 12px;
      height: 1px;
      background: var(--line-strong);
    }
    button,
    .step {
      display: inline-flex;
      align-items: center;
      gap: 8px;
      min-height: 28px;
      font-weight: 500;
      color: var(--subtle);
      white-space: nowrap;
    }
    b {
      display: grid;
      place-items: center;
      width: 24px;
      height: 24px;
      border: 1px solid var(--line-strong);
      border-radius: 50%;
      font-size: 12px;
      font-weight: 600;
    }
    b svg {
      width: 13px;
      height: 13px;
    }
    [aria-current] {
      color: var(--text);
    }
    [aria-current] b {
      border-color: var(--accent-solid);
      background: var(--accent-solid);
      color: oklch(1 0 0);
    }
    button b,
    b.done {
      border-color: var(--ok);
      color: var(--ok);
    }
    @media (max-width: 899px) {
      .step:not([aria-current]) span,
      button span {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
      ol,
      li {
        gap: 8px;
      }
    }
  `,
  template: `<ol [attr.aria-label]="label()">
    @for (step of steps(); track step.value; let index = $index) {
      <li>
        @if (index < current() && !final()) {
          <button type="button" (click)="chosen.emit(step.value)">
            <b><svg uiIcon="check"></svg></b><span>{{ step.label }}</span>
            <span class="cdk-visually-hidden">{{ t('ui.stepDone') }}</span>
          </button>
        } @else {
          <span class="step" [attr.aria-current]="index === current() ? 'step' : null"
            ><b class="number" [class.done]="index < current()">
              @if (index < current()) {
                <svg uiIcon="check"></svg>
              } @else {
                {{ index + 1 }}
              }</b
            ><span>{{ step.label }}</span></span
          >
        }
      </li>
    }
  </ol>`,
})
export class StepBar<Step extends string> {
  readonly label = input.required<string>();
  readonly steps = input.required<readonly { readonly value: Step; readonly label: string }[]>();
  /** Index of the step somebody is at. */
  readonly current = input.required<number>();
  /** What is done cannot be gone back to any more. */
  readonly final = input(false, { transform: booleanAttribute });
  readonly chosen = output<Step>();
  protected readonly t = injectTranslate();
}
