import type { ElementRef } from '@angular/core';
import {
  Component,
  Injector,
  afterNextRender,
  booleanAttribute,
  computed,
  effect,
  inject,
  input,
  model,
  signal,
  viewChild,
} from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Field } from './field';
import { Icon } from './icon';
import { linesAfterPaste } from './pasted-lines';
import { Tooltip } from './tooltip';

/**
 * A text of one line that takes several when somebody wants them, or pastes them: a key in PEM keeps its
 * lines. A secret one is hidden until it is asked to be shown.
 */
@Component({
  selector: 'ui-lines-input',
  imports: [Icon, Tooltip],
  styles: `
    :host {
      position: relative;
      display: block;
    }
    .input {
      padding-right: 40px;
    }
    .secret {
      padding-right: 74px;
    }
    textarea {
      display: block;
    }
    .masked {
      -webkit-text-security: disc;
    }
    .tools {
      position: absolute;
      inset: 1px 1px auto auto;
      display: flex;
      height: calc(var(--control-height) - 2px);
    }
    button {
      display: grid;
      place-items: center;
      width: 34px;
      border-radius: 6px;
      color: var(--subtle);
    }
    button:hover:not(:disabled) {
      color: var(--text);
    }
    button[aria-pressed='true'] {
      color: var(--accent);
    }
    button:disabled {
      cursor: default;
    }
  `,
  template: `@if (hasLines()) {
      <textarea
        #control
        class="input mono"
        rows="6"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        [class.secret]="secret()"
        [class.masked]="isHidden()"
        [id]="field?.id ?? ''"
        [attr.aria-describedby]="field?.describedBy()"
        [attr.aria-invalid]="field && field.error() !== null ? true : null"
        [readOnly]="readonly()"
        [value]="value()"
        (input)="value.set(control.value)"
      ></textarea>
    } @else {
      <input
        #control
        class="input"
        autocapitalize="none"
        spellcheck="false"
        [class.mono]="!secret()"
        [class.secret]="secret()"
        [type]="isHidden() ? 'password' : 'text'"
        [attr.autocomplete]="secret() ? 'new-password' : 'off'"
        [id]="field?.id ?? ''"
        [attr.aria-describedby]="field?.describedBy()"
        [attr.aria-invalid]="field && field.error() !== null ? true : null"
        [readOnly]="readonly()"
        [value]="value()"
        (input)="value.set(control.value)"
        (paste)="paste($event, control)"
      />
    }
    <div class="tools">
      @if (!readonly()) {
        <button
          type="button"
          [uiTooltip]="t('ui.severalLines')"
          [attr.aria-label]="t('ui.severalLines')"
          [attr.aria-pressed]="hasLines()"
          [disabled]="isBroken()"
          (click)="toggle()"
        >
          <svg uiIcon="lines"></svg>
        </button>
      }
      @if (secret()) {
        <button
          type="button"
          [attr.aria-label]="t(shown() ? 'ui.password.hide' : 'ui.password.show')"
          [attr.aria-pressed]="shown()"
          (click)="shown.set(!shown())"
        >
          <svg [uiIcon]="shown() ? 'eye-off' : 'eye'"></svg>
        </button>
      }
    </div>`,
})
export class LinesInput {
  readonly value = model.required<string>();
  readonly secret = input(false, { transform: booleanAttribute });
  readonly readonly = input(false, { transform: booleanAttribute });

  private readonly injector = inject(Injector);
  protected readonly field = inject(Field, { optional: true });
  protected readonly t = injectTranslate();
  protected readonly shown = signal(false);
  private readonly wanted = signal(false);
  private readonly control =
    viewChild.required<ElementRef<HTMLInputElement | HTMLTextAreaElement>>('control');
  /** One line would lose what is there. */
  protected readonly isBroken = computed(() => this.value().includes('\n'));
  protected readonly hasLines = computed(() => this.wanted() || this.isBroken());
  protected readonly isHidden = computed(() => this.secret() && !this.shown());

  constructor() {
    // Whoever takes the last break away goes on typing in the same field.
    effect(() => {
      if (this.isBroken()) this.wanted.set(true);
    });
  }

  focus(options?: FocusOptions): void {
    this.control().nativeElement.focus(options);
  }

  protected toggle(): void {
    this.wanted.update((wanted) => !wanted);
    this.focusLater(this.value().length);
  }

  protected paste(
    event: ClipboardEvent,
    { value, selectionStart, selectionEnd }: HTMLInputElement,
  ): void {
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    const place = { start: selectionStart ?? value.length, end: selectionEnd ?? value.length };
    const lines = linesAfterPaste(value, place, pasted);
    if (lines === null || this.readonly()) return;
    event.preventDefault();
    this.value.set(lines.text);
    this.focusLater(lines.caret);
  }

  private focusLater(caret: number): void {
    afterNextRender(
      () => {
        const control = this.control().nativeElement;
        control.focus();
        control.setSelectionRange(caret, caret);
      },
      { injector: this.injector },
    );
  }
}
