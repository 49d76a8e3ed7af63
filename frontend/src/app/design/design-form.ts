import { Component, signal } from '@angular/core';
import { FormField, email, form, minLength, required } from '@angular/forms/signals';
import { Card } from '../ui/card';
import { CheckField } from '../ui/check-field';
import { Field, Input } from '../ui/field';
import { PasswordInput } from '../ui/password-input';
import { RadioCards } from '../ui/radio-cards';
import type { RadioChoice } from '../ui/radio-cards';

/** Every kind of control, with errors. */
@Component({
  selector: 'app-design-form',
  imports: [Card, CheckField, Field, FormField, Input, PasswordInput, RadioCards],
  template: `<ui-card heading="Form">
    <div class="stack">
      <ui-radio-cards
        legend="Sign in to the server with"
        [choices]="choices"
        [formField]="form.way"
      />
      <div class="form-grid">
        <ui-field label="Address" hint="Name or IP address">
          <input uiInput [formField]="form.address" placeholder="server.example" />
        </ui-field>
        <ui-field label="E-mail" optional><input uiInput [formField]="form.mail" /></ui-field>
        <ui-field label="Password"><ui-password-input [formField]="form.password" /></ui-field>
        <ui-field label="Interpreter">
          <select uiInput [formField]="form.shell">
            <option value="sh">sh</option>
            <option value="bash">bash</option>
          </select>
        </ui-field>
        <ui-field label="Script" [problem]="'The manager refused this.'">
          <textarea uiInput class="mono" rows="3" [formField]="form.script"></textarea>
        </ui-field>
        <ui-check-field
          label="Install the agent now"
          hint="Takes about ten seconds."
          [formField]="form.install"
        />
      </div>
    </div>
  </ui-card>`,
})
export class DesignForm {
  private readonly model = signal({
    way: 'key',
    address: '',
    mail: 'not an address',
    password: 'short',
    shell: 'bash',
    script: 'uptime',
    install: true,
  });
  protected readonly form = form(this.model, (path) => {
    required(path.address);
    email(path.mail);
    minLength(path.password, 12);
  });
  protected readonly choices: readonly RadioChoice[] = [
    { value: 'key', label: 'Private key', hint: 'Paste or choose a file', icon: 'key-file' },
    { value: 'password', label: 'Password', hint: 'Also keyboard-interactive', icon: 'key' },
    { value: 'local', label: 'This machine', hint: 'No SSH needed', icon: 'monitor' },
  ];

  constructor() {
    this.form().markAsTouched();
  }
}
