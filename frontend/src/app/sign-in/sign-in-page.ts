import { Component, afterNextRender, computed, inject, input, signal } from '@angular/core';
import { Router } from '@angular/router';
import { FormField, form, required, submit } from '@angular/forms/signals';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { safeNext } from '../platform/session/session-guards';
import { SessionStore } from '../platform/session/session-store';
import { PublicFrame } from '../shell/public-frame';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { CodeBlock } from '../ui/code-block';
import { ErrorState } from '../ui/error-state';
import { focusFirstError } from '../ui/focus-first-error';
import { Field, Input } from '../ui/field';
import { PasswordInput } from '../ui/password-input';
import { Notice } from '../ui/notice';

/** Login and password. Afterwards back to where somebody was going. */
@Component({
  selector: 'app-sign-in-page',
  imports: [
    Button,
    Card,
    CodeBlock,
    ErrorState,
    Field,
    FormField,
    Input,
    Notice,
    PasswordInput,
    PublicFrame,
  ],
  styles: `
    form {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
    details p {
      margin: 8px 0;
    }
    summary {
      width: fit-content;
      color: var(--muted);
    }
  `,
  template: `<app-public-frame [heading]="t('signIn.title')" [note]="t('signIn.intro')">
    @if (ended() && !problem()) {
      <ui-notice tone="info">{{ t('signIn.expired') }}</ui-notice>
    }
    <ui-card>
      <form (submit)="signIn($event)" novalidate>
        <ui-field [label]="t('access.login')">
          <input
            uiInput
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            [formField]="form.login"
          />
        </ui-field>
        <ui-field [label]="t('access.password')">
          <ui-password-input autocomplete="current-password" [formField]="form.password" />
        </ui-field>
        @if (refusal(); as text) {
          <ui-notice tone="bad" alert>{{ text }}</ui-notice>
        } @else if (problem(); as error) {
          <ui-error-state [error]="error" [retryable]="false" />
        }
        <button uiButton="primary" type="submit" [busy]="busy()">{{ t('signIn.action') }}</button>
      </form>
    </ui-card>
    <details class="small">
      <summary>{{ t('signIn.forgotQuestion') }}</summary>
      <p class="muted">{{ t('signIn.forgot') }}</p>
      <ui-code-block code="npx myx admin create" [label]="t('signIn.forgotQuestion')" />
    </details>
  </app-public-frame>`,
})
export class SignInPage {
  /** Where to go afterwards, from the address. */
  readonly next = input<string>();
  /** A session was there and has ended, from the address. */
  readonly ended = input<string>();

  private readonly session = inject(SessionStore);
  private readonly router = inject(Router);
  protected readonly t = injectTranslate();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  private readonly model = signal({ login: '', password: '' });
  protected readonly form = form(this.model, (path) => {
    required(path.login);
    required(path.password);
  });

  protected readonly refusal = computed(() => {
    const problem = this.problem();
    if (problem?.name === 'login_failed') return this.t('signIn.failed');
    const seconds = problem?.extra.retry_after_seconds;
    return problem?.name === 'too_many_attempts' && typeof seconds === 'number'
      ? this.t('signIn.throttled', { n: seconds })
      : null;
  });

  constructor() {
    afterNextRender(() => {
      this.form.login().focusBoundControl();
    });
  }

  protected async signIn(event: Event): Promise<void> {
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
      const { login, password } = this.model();
      await this.session.signIn(login.trim(), password);
      await this.router.navigateByUrl(safeNext(this.next()));
    } catch (error) {
      this.problem.set(toProblem(error));
      this.form.password().reset('');
      this.form.password().focusBoundControl();
    } finally {
      this.busy.set(false);
    }
  }
}
