import { Component, input, signal } from '@angular/core';
import { FormField } from '@angular/forms/signals';
import type { FieldTree } from '@angular/forms/signals';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { Field } from '../ui/field';
import { PasswordInput } from '../ui/password-input';
import { generatePassword } from './generated-password';

/** A password for somebody else: typed, or made up and shown so that it can be passed on. */
@Component({
  selector: 'app-new-password-field',
  imports: [Button, CodeBlock, Field, FormField, PasswordInput],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      align-items: flex-start;
      gap: 8px;
    }
    ui-field,
    ui-code-block {
      width: 100%;
    }
  `,
  template: `<ui-field [label]="t('access.password')" [hint]="t('access.passwordHint')">
      <ui-password-input autocomplete="new-password" [formField]="field()" />
    </ui-field>
    <button uiButton size="small" icon="key" (click)="generate()">
      {{ t('users.generate') }}
    </button>
    @if (made(); as password) {
      @if (password === field()().value()) {
        <ui-code-block [code]="password" [label]="t('access.password')" />
        <p class="small muted">{{ t('users.passOn') }}</p>
      }
    }`,
})
export class NewPasswordField {
  readonly field = input.required<FieldTree<string>>();
  protected readonly t = injectTranslate();
  protected readonly made = signal<string | null>(null);

  protected generate(): void {
    const password = generatePassword();
    this.made.set(password);
    this.field()().value.set(password);
  }
}
