import { Component, computed, inject, input, output, viewChild } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Icon } from '../ui/icon';
import { LinesInput } from '../ui/lines-input';
import { isStoredSecret } from './draft-values';
import type { StoredSecret } from './draft-values';

/**
 * A secret of one line or of many, such as a key in PEM. One that the manager has is never shown: it is kept
 * or replaced.
 */
@Component({
  selector: 'app-secret-control',
  imports: [Button, Icon, LinesInput],
  styles: `
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
      <ui-lines-input
        secret
        [readonly]="readonly()"
        [value]="text()"
        (valueChange)="type($event)"
      />
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
  private readonly control = viewChild(LinesInput);
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

  protected type(text: string): void {
    const stored = this.stored();
    this.entered.emit(stored ? { ...stored, replacement: text } : text);
  }

  protected replace(): void {
    this.type('');
    requestAnimationFrame(() => this.control()?.focus());
  }

  protected keep({ set, id }: StoredSecret): void {
    this.entered.emit({ set, id });
  }
}
