import { Component, afterNextRender, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import { FormField, form, pattern, required, submit, validate } from '@angular/forms/signals';
import { Api } from '../platform/api/generated/api';
import { completeSetup } from '../platform/api/generated/fn/access/complete-setup';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import {
  LOGIN_PATTERN,
  newPasswordRules,
  repeatsPassword,
} from '../platform/session/password-rules';
import { SessionStore } from '../platform/session/session-store';
import { PublicFrame } from '../shell/public-frame';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { ErrorState } from '../ui/error-state';
import { focusFirstError } from '../ui/focus-first-error';
import { Field, Input } from '../ui/field';
import { Notice } from '../ui/notice';
import { PasswordInput } from '../ui/password-input';
import { Toasts } from '../ui/toasts';

/** First start: the setup code, then the first administrator, who is signed in at once. */
@Component({
  selector: 'app-start-page',
  imports: [Button, Card, ErrorState, Field, FormField, Input, Notice, PasswordInput, PublicFrame],
  styles: `
    form {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
  `,
  template: `<app-public-frame [heading]="t('start.title')" [note]="t('start.intro')">
    <ui-card>
      <form (submit)="create($event)" novalidate>
        <ui-field
          [label]="t('start.code')"
          [hint]="t('start.codeHint')"
          [problem]="problem()?.name === 'setup_code_invalid' ? t('start.codeWrong') : null"
        >
          <input
            uiInput
            class="mono"
            autocomplete="one-time-code"
            autocapitalize="none"
            spellcheck="false"
            [formField]="form.code"
          />
        </ui-field>
        <ui-field [label]="t('start.login')">
          <input
            uiInput
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            [formField]="form.login"
          />
        </ui-field>
        <ui-field [label]="t('access.password')" [hint]="t('access.passwordHint')">
          <ui-password-input autocomplete="new-password" [formField]="form.password" />
        </ui-field>
        <ui-field [label]="t('access.repeatPassword')">
          <ui-password-input autocomplete="new-password" [formField]="form.repeated" />
        </ui-field>
        @switch (problem()?.name) {
          @case (undefined) {}
          @case ('setup_code_invalid') {}
          @case ('setup_code_locked') {
            <ui-notice tone="bad" alert>{{ t('start.codeLocked') }}</ui-notice>
          }
          @default {
            <ui-error-state [error]="problem()" [retryable]="false" />
          }
        }
        <button uiButton="primary" type="submit" [busy]="busy()">{{ t('start.action') }}</button>
      </form>
    </ui-card>
  </app-public-frame>`,
})
export class StartPage {
  private readonly api = inject(Api);
  private readonly session = inject(SessionStore);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  private readonly model = signal({ code: '', login: 'admin', password: '', repeated: '' });
  protected readonly form = form(this.model, (path) => {
    required(path.code);
    required(path.login);
    pattern(path.login, LOGIN_PATTERN, { message: this.t('access.loginPattern') });
    newPasswordRules(path.password);
    validate(path.password, ({ value, valueOf }) =>
      value().toLowerCase() === valueOf(path.login).toLowerCase()
        ? { kind: 'login', message: this.t('access.passwordIsLogin') }
        : null,
    );
    required(path.repeated);
    repeatsPassword(path.repeated, path.password, this.t);
  });

  constructor() {
    afterNextRender(() => {
      this.form.code().focusBoundControl();
    });
  }

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
      await this.createAndSignIn();
    } catch (error) {
      await this.refused(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }

  private async createAndSignIn(): Promise<void> {
    const { code, login, password } = this.model();
    const body = { code: code.trim(), login: login.trim(), password };
    const user = await this.api.invoke(completeSetup, { body });
    await this.session.signIn(user.login, password);
    this.toasts.show(this.t('start.done', { name: user.login }));
    await this.router.navigateByUrl('/');
  }

  private async refused(problem: Problem): Promise<void> {
    if (problem.name !== 'setup_done') {
      this.problem.set(problem);
      return;
    }
    // Somebody else was faster, or this page was open for long.
    this.toasts.show(this.t('start.already'), { tone: 'info' });
    this.session.leave();
    await this.router.navigateByUrl('/sign-in');
  }
}
