import type { ElementRef } from '@angular/core';
import { Component, computed, inject, input, output, signal, viewChild } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Icon } from '../ui/icon';
import { isStoredSecret } from './draft-values';
import type { StoredSecret } from './draft-values';

/**
 * A secret of one line or of many, such as a key in PEM. One that the manager has is never shown: it is kept
 * or replaced.
 */
@Component({
  selector: 'app-secret-control',
  imports: [Button, Icon],
  styles: `
    .typed {
      position: relative;
    }
    textarea.input {
      display: block;
      min-height: var(--control-height);
      padding-right: 40px;
      padding-block: 5px;
      resize: none;
      overflow: hidden;
    }
    textarea.long {
      font-family: var(--font-mono);
      font-size: 11px;
      line-height: 15px;
      overflow: auto;
      resize: vertical;
    }
    .masked {
      -webkit-text-security: disc;
    }
    .eye {
      position: absolute;
      inset: 1px 1px auto auto;
      display: grid;
      place-items: center;
      width: 34px;
      height: calc(var(--control-height) - 2px);
      border-radius: 0 6px 6px 0;
      color: var(--subtle);
    }
    .eye:hover {
      color: var(--text);
    }
    .kept {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 8px;
      min-height: var(--control-height);
    }
    .kept svg {
      width: 14px;
      height: 14px;
      color: var(--ok);
    }
    .keep {
      margin-top: 6px;
    }
  `,
  template: `@if (isKept()) {
      <div class="kept">
        <svg uiIcon="lock"></svg><span class="muted">{{ t('form.secretSet') }}</span>
        @if (!readonly()) {
          <button
            uiButton
            size="small"
            [id]="field?.id ?? ''"
            [attr.aria-describedby]="field?.describedBy()"
            (click)="replace()"
          >
            {{ t('form.replace') }}
          </button>
        }
      </div>
    } @else {
      <div class="typed">
        <textarea
          #control
          class="input"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          [class.masked]="!shown()"
          [class.long]="isLong()"
          [rows]="isLong() ? 6 : 1"
          [id]="field?.id ?? ''"
          [attr.aria-describedby]="field?.describedBy()"
          [attr.aria-invalid]="field && field.error() !== null ? true : null"
          [readOnly]="readonly()"
          [value]="text()"
          (input)="type(control.value)"
          (keydown.enter)="enter($event)"
        ></textarea>
        <button
          type="button"
          class="eye"
          [attr.aria-label]="t(shown() ? 'ui.password.hide' : 'ui.password.show')"
          [attr.aria-pressed]="shown()"
          (click)="shown.set(!shown())"
        >
          <svg [uiIcon]="shown() ? 'eye-off' : 'eye'"></svg>
        </button>
      </div>
      @if (stored(); as mark) {
        <button class="keep" uiButton="ghost" size="small" icon="undo" (click)="keep(mark)">
          {{ t('form.keepSecret') }}
        </button>
      }
    }`,
})
export class SecretControl {
  readonly value = input.required<unknown>();
  readonly readonly = input(false);
  readonly entered = output<unknown>();

  protected readonly field = inject(Field, { optional: true });
  protected readonly t = injectTranslate();
  protected readonly shown = signal(false);
  private readonly control = viewChild<ElementRef<HTMLElement>>('control');
  protected readonly stored = computed<StoredSecret | null>(() => {
    const value = this.value();
    return isStoredSecret(value) ? value : null;
  });
  protected readonly isKept = computed(() => {
    const stored = this.stored();
    return stored !== null && stored.replacement === undefined;
  });
  protected readonly text = computed(() => {
    const value = this.value();
    if (isStoredSecret(value)) return value.replacement ?? '';
    return typeof value === 'string' ? value : '';
  });
  protected readonly isLong = computed(() => this.text().includes('\n'));

  protected type(text: string): void {
    const stored = this.stored();
    this.entered.emit(stored ? { ...stored, replacement: text } : text);
  }

  protected replace(): void {
    this.type('');
    requestAnimationFrame(() => this.control()?.nativeElement.focus());
  }

  protected keep({ set, id }: StoredSecret): void {
    this.entered.emit({ set, id });
  }

  /** In a password, Enter is what it is in other fields; in a key it is a new line. */
  protected enter(event: Event): void {
    if (this.isLong()) return;
    event.preventDefault();
    if (event.target instanceof HTMLTextAreaElement) event.target.form?.requestSubmit();
  }
}
