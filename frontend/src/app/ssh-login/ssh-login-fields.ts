import { Component, computed, input, model } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Field, Input } from '../ui/field';
import { PasswordInput } from '../ui/password-input';
import { RadioCards } from '../ui/radio-cards';
import type { RadioChoice } from '../ui/radio-cards';
import { KeyInput } from './key-input';
import { checkLogin } from './login-draft';
import type { LoginChecks, LoginDraft } from './login-draft';
import { inspectKey } from './private-key';

/** The fields of an SSH login. Problems show once `tried` is set. */
@Component({
  selector: 'app-ssh-login-fields',
  imports: [Field, Input, KeyInput, RadioCards, PasswordInput],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
    .short {
      max-width: 320px;
    }
  `,
  template: `<ui-field class="short" [label]="t('login.username')" [problem]="shown().username">
      <input
        #username
        uiInput
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        [value]="draft().username"
        (input)="change({ username: username.value })"
      />
    </ui-field>
    <ui-radio-cards
      [legend]="t('login.with')"
      [choices]="kinds()"
      [value]="draft().kind"
      (valueChange)="change({ kind: $event === 'password' ? 'password' : 'private_key' })"
    />
    @if (draft().kind === 'private_key') {
      <ui-field
        [label]="t('login.privateKey')"
        [hint]="t('login.keyHint')"
        [problem]="keyProblem()"
      >
        <app-key-input [value]="draft().privateKey" (changed)="change({ privateKey: $event })" />
      </ui-field>
      @if (isEncrypted()) {
        <ui-field
          class="short"
          [label]="t('login.passphrase')"
          [hint]="t('login.passphraseHint')"
          [problem]="shown().passphrase"
        >
          <ui-password-input
            autocomplete="new-password"
            [value]="draft().passphrase"
            (valueChange)="change({ passphrase: $event })"
          />
        </ui-field>
      }
    } @else {
      <ui-field class="short" [label]="t('access.password')" [problem]="shown().password">
        <ui-password-input
          autocomplete="new-password"
          [value]="draft().password"
          (valueChange)="change({ password: $event })"
        />
      </ui-field>
    }
    @if (asksSudo() && draft().username.trim() !== 'root') {
      <ui-field
        class="short"
        [label]="t('login.sudo')"
        [hint]="t(draft().kind === 'password' ? 'login.sudoHintPassword' : 'login.sudoHint')"
        optional
      >
        <ui-password-input
          autocomplete="new-password"
          [value]="draft().sudoPassword"
          (valueChange)="change({ sudoPassword: $event })"
        />
      </ui-field>
    }`,
})
export class SshLoginFields {
  readonly draft = model.required<LoginDraft>();
  /** Somebody tried to go on: every problem is shown. */
  readonly tried = input(false);
  /** A jump host is only passed through: nothing is done as root there. */
  readonly asksSudo = input(true);
  protected readonly t = injectTranslate();

  protected readonly kinds = computed<readonly RadioChoice[]>(() => [
    {
      value: 'private_key',
      label: this.t('login.privateKey'),
      hint: this.t('login.privateKeyHint'),
      icon: 'key-file',
    },
    {
      value: 'password',
      label: this.t('access.password'),
      hint: this.t('login.passwordHint'),
      icon: 'lock',
    },
  ]);
  private readonly checks = computed(() => checkLogin(this.draft(), this.t));
  protected readonly shown = computed<LoginChecks>(() =>
    this.tried()
      ? this.checks()
      : { username: null, password: null, privateKey: null, passphrase: null },
  );
  /** A public key or another file is told at once. */
  protected readonly keyProblem = computed(() =>
    this.draft().privateKey.trim() === '' ? this.shown().privateKey : this.checks().privateKey,
  );
  protected readonly isEncrypted = computed(
    () => inspectKey(this.draft().privateKey) === 'encrypted',
  );

  protected change(changes: Partial<LoginDraft>): void {
    this.draft.update((draft) => ({ ...draft, ...changes }));
  }
}
