import { Component, computed, inject, signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { DialogRef } from '@angular/cdk/dialog';
import { FormField, form, maxLength, required, submit } from '@angular/forms/signals';
import { Api } from '../platform/api/generated/api';
import { createApiToken } from '../platform/api/generated/fn/access/create-api-token';
import type { CreatedApiToken } from '../platform/api/generated/models/created-api-token';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Formats } from '../platform/time/formats';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { focusFirstError } from '../ui/focus-first-error';
import { Field, Input } from '../ui/field';
import { Notice } from '../ui/notice';
import { RadioCards } from '../ui/radio-cards';
import { curlExample } from './curl-example';
import { roleChoices, roleFrom } from './roles';

/** Days a token may live. */
const LIFETIMES = [7, 30, 90, 180, 365] as const;
const NAME_LENGTH = 100;

/** Makes an API token, and shows it this once with how a pipeline uses it. Answers whether one was made. */
@Component({
  selector: 'app-token-dialog',
  imports: [
    Button,
    CodeBlock,
    DialogFrame,
    ErrorState,
    Field,
    FormField,
    Input,
    Notice,
    RadioCards,
  ],
  styleUrl: './dialog-form.css',
  template: `@if (created(); as token) {
      <ui-dialog-frame [heading]="t('tokens.created', { name: token.name })">
        <div class="fields">
          <ui-notice tone="warn" alert>{{ t('tokens.once') }}</ui-notice>
          <ui-code-block [code]="token.token" [label]="t('tokens.token')" wrap />
          <p class="muted">{{ validity() }}</p>
          <h3>{{ t('tokens.example') }}</h3>
          <p class="muted">{{ t('tokens.exampleBody') }}</p>
          <ui-code-block [code]="example()" [label]="t('tokens.example')" wrap />
        </div>
        <ng-container uiDialogActions>
          <button uiButton="primary" data-autofocus (click)="ref.close(true)">
            {{ t('tokens.stored') }}
          </button>
        </ng-container>
      </ui-dialog-frame>
    } @else {
      <form novalidate (submit)="create($event)">
        <ui-dialog-frame [heading]="t('tokens.add')">
          <div class="fields">
            @if (problem(); as error) {
              @if (error.name !== 'token_name_taken') {
                <ui-error-state [error]="error" [retryable]="false" />
              }
            }
            <ui-field
              [label]="t('tokens.name')"
              [hint]="t('tokens.nameHint')"
              [problem]="problem()?.name === 'token_name_taken' ? t('tokens.taken') : null"
            >
              <input uiInput autocomplete="off" [formField]="form.name" />
            </ui-field>
            <ui-radio-cards
              [legend]="t('users.role')"
              [choices]="choices()"
              [formField]="form.role"
            />
            <ui-field [label]="t('tokens.lifetime')" [hint]="t('tokens.lifetimeHint')">
              <select uiInput [formField]="form.days">
                @for (days of lifetimes; track days) {
                  <option [value]="days">{{ t('tokens.days', { n: days }) }}</option>
                }
              </select>
            </ui-field>
          </div>
          <ng-container uiDialogActions>
            <button uiButton (click)="ref.close(false)">{{ t('ui.cancel') }}</button>
            <button uiButton="primary" type="submit" [busy]="busy()">
              {{ t('tokens.create') }}
            </button>
          </ng-container>
        </ui-dialog-frame>
      </form>
    }`,
})
export class TokenDialog {
  protected readonly ref = inject<DialogRef<boolean>>(DialogRef);
  private readonly api = inject(Api);
  private readonly origin = inject(DOCUMENT).location.origin;
  private readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  protected readonly lifetimes = LIFETIMES;
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly created = signal<CreatedApiToken | null>(null);
  protected readonly choices = computed(() => roleChoices(this.t));
  private readonly model = signal({ name: '', role: 'operator', days: '90' });
  protected readonly form = form(this.model, (path) => {
    required(path.name);
    maxLength(path.name, NAME_LENGTH);
  });
  protected readonly example = computed(() => {
    const token = this.created();
    return token ? curlExample(this.origin, token) : '';
  });

  protected readonly validity = computed(() => {
    const token = this.created();
    if (!token) return '';
    const date = this.formats.date(token.expires_at);
    return this.t('tokens.validUntil', { date, role: this.t(`role.${token.role}`) });
  });

  protected async create(event: Event): Promise<void> {
    event.preventDefault();
    this.problem.set(null);
    await submit(this.form, {
      action: this.send.bind(this),
      onInvalid: focusFirstError,
    });
  }

  private async send(): Promise<void> {
    this.busy.set(true);
    try {
      const { name, role, days } = this.model();
      const body = { name: name.trim(), role: roleFrom(role), expires_in_days: Number(days) };
      this.created.set(await this.api.invoke(createApiToken, { body }));
      // The token is shown this once: a stray key or click must not lose it.
      this.ref.disableClose = true;
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
