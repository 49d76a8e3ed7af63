import { Component, computed, input, output } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { CheckField } from '../ui/check-field';
import { Field, Input } from '../ui/field';
import { LinesInput } from '../ui/lines-input';
import { VARIABLE_TYPES, keepsSecret } from './variable-draft';
import type { VariableDraft, VariableProblem, VariableType } from './variable-draft';

/** One variable: name, type, default, and how it is treated. */
@Component({
  selector: 'app-variable-fields',
  imports: [Button, CheckField, Field, Input, LinesInput],
  styleUrl: './variable-fields.css',
  template: `<fieldset>
    <legend class="cdk-visually-hidden">{{ variable().name || t('variables.new') }}</legend>
    <ui-field class="name" [label]="t('variables.name')" [problem]="problemOf('name')">
      <input
        #name
        uiInput
        class="mono"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        maxlength="128"
        [value]="variable().name"
        (input)="change({ name: name.value })"
      />
    </ui-field>
    <ui-field class="type" [label]="t('variables.type')">
      <select uiInput #type (change)="changeType(type.value)">
        @for (option of types; track option) {
          <option [value]="option" [selected]="option === variable().type">
            {{ t(typeKey(option)) }}
          </option>
        }
      </select>
    </ui-field>
    <ui-field
      class="default"
      [label]="t('variables.default')"
      [hint]="defaultHint()"
      [problem]="problemOf('text')"
      optional
    >
      @if (variable().secret && !isJson()) {
        <ui-lines-input secret [value]="variable().text" (valueChange)="change({ text: $event })" />
      } @else if (variable().type === 'boolean') {
        <select uiInput #choice (change)="change({ text: choice.value })">
          @for (option of booleans(); track option.value) {
            <option [value]="option.value" [selected]="option.value === variable().text">
              {{ option.label }}
            </option>
          }
        </select>
      } @else if (isJson()) {
        <textarea
          #json
          uiInput
          class="mono"
          rows="2"
          spellcheck="false"
          [value]="variable().text"
          (input)="change({ text: json.value })"
        ></textarea>
      } @else if (variable().type === 'string') {
        <ui-lines-input [value]="variable().text" (valueChange)="change({ text: $event })" />
      } @else {
        <input
          #text
          uiInput
          autocomplete="off"
          spellcheck="false"
          inputmode="decimal"
          [value]="variable().text"
          (input)="change({ text: text.value })"
        />
      }
    </ui-field>
    <ui-field class="description" [label]="t('variables.description')" optional>
      <input
        #description
        uiInput
        autocomplete="off"
        maxlength="1000"
        [value]="variable().description"
        (input)="change({ description: description.value })"
      />
    </ui-field>
    <div class="marks">
      <ui-check-field
        [label]="t('variables.required')"
        [checked]="variable().required"
        (checkedChange)="change({ required: $event })"
      />
      <ui-check-field
        [label]="t('variables.secret')"
        [checked]="variable().secret"
        (checkedChange)="changeSecret($event)"
      />
      <span class="grow"></span>
      @if (keeps()) {
        <button uiButton="ghost" size="small" (click)="change({ isRemoved: true })">
          {{ t('variables.forgetSecret') }}
        </button>
      }
      <button
        uiButton="ghost"
        size="small"
        icon="trash"
        [attr.aria-label]="t('variables.removeNamed', { name: variable().name })"
        (click)="removed.emit()"
      >
        {{ t('variables.remove') }}
      </button>
    </div>
  </fieldset>`,
})
export class VariableFields {
  readonly variable = input.required<VariableDraft>();
  readonly problem = input.required<VariableProblem | null>();
  readonly changed = output<VariableDraft>();
  readonly removed = output();

  protected readonly t = injectTranslate();
  protected readonly types = VARIABLE_TYPES;
  protected readonly isJson = computed(() => ['list', 'map'].includes(this.variable().type));
  protected readonly keeps = computed(() => keepsSecret(this.variable()));
  protected readonly booleans = computed(() => [
    { value: '', label: this.t('variables.noDefault') },
    { value: 'true', label: 'true' },
    { value: 'false', label: 'false' },
  ]);
  protected readonly defaultHint = computed(() => {
    const { secret, stored, isRemoved, text } = this.variable();
    if (this.keeps()) return this.t('variables.hasSecret');
    if (secret && isRemoved && text === '' && stored) return this.t('variables.secretGoes');
    if (secret) return this.t('variables.secretHint');
    return this.isJson() ? this.t('variables.jsonHint') : undefined;
  });

  protected typeKey(type: VariableType): `variables.type.${VariableType}` {
    return `variables.type.${type}`;
  }

  protected problemOf(part: VariableProblem['part']): string | null {
    const problem = this.problem();
    return problem?.part === part ? this.t(problem.text) : null;
  }

  protected change(change: Partial<VariableDraft>): void {
    this.changed.emit({ ...this.variable(), ...change });
  }

  protected changeType(value: string): void {
    const type = VARIABLE_TYPES.find((known) => known === value) ?? 'string';
    // "true" and "false" are the only texts that a switch can show.
    const isKept = type !== 'boolean' || ['true', 'false'].includes(this.variable().text);
    this.change({ type, text: isKept ? this.variable().text : '' });
  }

  /** What was in plain sight does not become a secret, nor the other way round. */
  protected changeSecret(secret: boolean): void {
    const { stored } = this.variable();
    const isBack = stored?.secret === false && !secret;
    this.change({ secret, text: isBack ? this.variable().text : '' });
  }
}
