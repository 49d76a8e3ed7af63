import { Component, computed, input, model } from '@angular/core';
import type { PlaybookVariable } from '../platform/api/generated/models/playbook-variable';
import { injectTranslate } from '../platform/i18n/i18n';
import { Field, Input } from '../ui/field';
import { LinesInput } from '../ui/lines-input';
import { typedText } from './variable-values';

/** Longest default that is told beside a field. */
const DEFAULT_LENGTH = 80;

/** Example of what a map is typed as. */
const MAP_EXAMPLE = '{"port": 8080}';

/** The value of one variable of a playbook, by its type. Nothing typed means its default. */
@Component({
  selector: 'app-variable-field',
  imports: [Field, Input, LinesInput],
  template: `<ui-field
    [label]="variable().name"
    [hint]="hint()"
    [problem]="problem()"
    [optional]="!isNeeded()"
  >
    @switch (control()) {
      @case ('secret') {
        <ui-lines-input secret [(value)]="value" />
      }
      @case ('text') {
        <ui-lines-input [(value)]="value" />
      }
      @case ('choice') {
        <select #choice uiInput (change)="value.set(choice.value)">
          <option value="" [selected]="value() === ''">{{ unset() }}</option>
          <option value="true" [selected]="value() === 'true'">{{ t('runPlaybook.yes') }}</option>
          <option value="false" [selected]="value() === 'false'">{{ t('runPlaybook.no') }}</option>
        </select>
      }
      @case ('area') {
        <textarea
          #area
          uiInput
          class="mono"
          rows="3"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          [value]="value()"
          (input)="value.set(area.value)"
        ></textarea>
      }
      @default {
        <input
          #line
          uiInput
          class="mono"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          [attr.inputmode]="variable().type === 'integer' ? 'numeric' : null"
          [value]="value()"
          (input)="value.set(line.value)"
        />
      }
    }
  </ui-field>`,
})
export class VariableField {
  readonly variable = input.required<PlaybookVariable>();
  readonly problem = input<string | null>(null);
  readonly value = model.required<string>();
  protected readonly t = injectTranslate();

  protected readonly isNeeded = computed(() => {
    const { required, has_default: hasDefault } = this.variable();
    return required && !hasDefault;
  });
  protected readonly control = computed(() => {
    const { secret, type } = this.variable();
    if (secret) return 'secret';
    if (type === 'boolean') return 'choice';
    if (type === 'list' || type === 'map' || this.fallback().includes('\n')) return 'area';
    return type === 'string' ? 'text' : 'number';
  });
  private readonly fallback = computed(() => {
    const variable = this.variable();
    const isTold = variable.has_default && !variable.secret;
    return isTold ? typedText(variable.type, variable.default as unknown) : '';
  });
  protected readonly unset = computed(() => {
    if (!this.variable().has_default) return this.t('runPlaybook.notSet');
    const isOn = this.fallback() === 'true';
    return this.t('runPlaybook.byDefault', {
      value: this.t(isOn ? 'runPlaybook.yes' : 'runPlaybook.no'),
    });
  });
  protected readonly hint = computed(() => {
    const { description, type, secret } = this.variable();
    const sentences = [
      description === '' || /[.!?。！？]$/.test(description) ? description : `${description}.`,
      type === 'list' ? this.t('runPlaybook.listHint') : '',
      type === 'map' ? this.t('runPlaybook.mapHint', { example: MAP_EXAMPLE }) : '',
      secret ? this.secretHint() : this.defaultHint(),
    ].filter((sentence) => sentence !== '');
    return sentences.length === 0 ? undefined : sentences.join(' ');
  });

  private secretHint(): string {
    return this.t(
      this.variable().has_default ? 'runPlaybook.secretDefault' : 'runPlaybook.secretHint',
    );
  }

  private defaultHint(): string {
    const value = this.fallback();
    if (value === '' || this.variable().type === 'boolean') return '';
    const variable = this.variable();
    const isMap = variable.type === 'map';
    const line = isMap ? JSON.stringify(variable.default) : value.replaceAll('\n', ', ');
    const short = line.length > DEFAULT_LENGTH ? `${line.slice(0, DEFAULT_LENGTH)}…` : line;
    return this.t('runPlaybook.default', { value: short });
  }
}
