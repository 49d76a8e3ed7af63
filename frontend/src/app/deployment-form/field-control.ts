import { Component, computed, inject, input } from '@angular/core';
import type { FormField } from '../platform/api/generated/models/form-field';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectLocalize } from '../platform/i18n/localized';
import { CheckField } from '../ui/check-field';
import { CodeEditor } from '../ui/code-editor';
import type { CodeDiagnostic } from '../ui/code-place';
import { Field, Input } from '../ui/field';
import { Icon } from '../ui/icon';
import type { Path } from './draft-values';
import type { Scope } from './form-draft';
import { FormState } from './form-state';
import { jsonProblem } from './json-place';
import { RealityScanButton } from './reality-scan-button';
import { SecretControl } from './secret-control';

/** Fields that the console has help for: the one place that knows a kind by its name. */
const SCANNED = { kind: 'xray', path: /^inbounds\.\d+\.target$/ };

/** One value of a form, with its label, help and problem. */
@Component({
  selector: 'app-field-control',
  imports: [CheckField, CodeEditor, Field, Icon, Input, RealityScanButton, SecretControl],
  templateUrl: './field-control.html',
  styles: `
    :host {
      display: block;
      min-width: 0;
    }
    .problem {
      display: flex;
      gap: 5px;
      margin-top: 4px;
      font-size: 12px;
      line-height: 16px;
      color: var(--bad);
    }
    .problem svg {
      width: 13px;
      height: 13px;
      margin-top: 1.5px;
    }
    .aid {
      display: flex;
      gap: 6px;
    }
    .aid input {
      flex: 1;
    }
  `,
})
export class FieldControl {
  readonly field = input.required<FormField>();
  readonly path = input.required<Path>();
  readonly scope = input.required<Scope>();
  /** Which item of a list of plain values it is; its label is for screen readers then. */
  readonly number = input<number>();

  protected readonly state = inject(FormState);
  protected readonly t = injectTranslate();
  protected readonly words = injectLocalize();

  protected readonly label = computed(() => {
    const label = this.words(this.field().label);
    const number = this.number();
    return number === undefined ? label : this.t('form.item', { list: label, n: number });
  });
  protected readonly help = computed(() => {
    const { help } = this.field();
    return help ? this.words(help) : undefined;
  });
  protected readonly value = computed(() => this.state.valueAt(this.path()));
  protected readonly text = computed(() => {
    const value = this.value();
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  });
  protected readonly problem = computed(() => this.state.problemAt(this.path()));
  protected readonly isOptional = computed(() => {
    const isListed = this.number() !== undefined;
    return !isListed && this.field().type !== 'select' && this.canBeEmpty();
  });
  /** What is seen to be wrong with a text while it is typed. */
  protected readonly diagnostics = computed<readonly CodeDiagnostic[]>(() => {
    const problem = this.field().language === 'json' ? jsonProblem(this.text()) : null;
    return problem ? [problem] : [];
  });
  /** A choice that need not be made can be taken back. */
  protected readonly canBeEmpty = computed(
    () => this.field().required !== true && this.field().default === undefined,
  );
  protected readonly isScanned = computed(
    () =>
      this.state.kind() === SCANNED.kind &&
      this.state.servers().length > 0 &&
      !this.state.isReadonly() &&
      SCANNED.path.test(this.path().join('.')),
  );

  protected enter(value: unknown): void {
    this.state.enter(this.scope(), this.path(), value);
  }
}
