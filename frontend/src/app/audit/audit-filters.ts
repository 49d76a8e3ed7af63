import { Component, computed, input, output } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { SearchInput } from '../ui/search-input';
import { OUTCOMES } from './audit-filter';
import type { AuditFilter } from './audit-filter';
import { actionName, knownActions } from './audit-words';
import { OUTCOME_LOOKS } from './outcome-looks';

/** What of the audit log is shown. Changes are told as parameters of the address. */
@Component({
  selector: 'app-audit-filters',
  imports: [SearchInput, Segmented],
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
    }
    ui-search-input {
      width: min(220px, 100%);
    }
    select.input {
      width: auto;
      max-width: 230px;
    }
    .days {
      display: inline-flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px;
    }
    .days .input {
      width: auto;
    }
    @media (max-width: 599px) {
      ui-search-input,
      select.input {
        width: 100%;
        max-width: none;
      }
      .days {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        width: 100%;
      }
      .days .input {
        width: 100%;
      }
    }
  `,
  template: `<ui-segmented
      [label]="t('audit.outcome')"
      [segments]="outcomes()"
      [value]="filter().outcome ?? ''"
      (valueChange)="changed.emit({ outcome: $event === '' ? null : $event })"
    />
    <ui-search-input
      [label]="t('audit.byActor')"
      [value]="filter().actor"
      (valueChange)="changed.emit({ actor: $event === '' ? null : $event })"
    />
    <select
      #action
      class="input"
      [attr.aria-label]="t('audit.action')"
      (change)="changed.emit({ action: action.value === '' ? null : action.value })"
    >
      <option value="" [selected]="filter().action === ''">{{ t('audit.everyAction') }}</option>
      @for (choice of actions(); track choice.value) {
        <option [value]="choice.value" [selected]="choice.value === filter().action">
          {{ choice.label }}
        </option>
      }
    </select>
    <span class="days">
      <label class="muted" for="audit-from">{{ t('audit.from') }}</label>
      <input
        #from
        id="audit-from"
        type="date"
        class="input"
        [value]="filter().from"
        [max]="filter().to"
        (change)="changed.emit({ from: from.value === '' ? null : from.value })"
      />
      <label class="muted" for="audit-to">{{ t('audit.to') }}</label>
      <input
        #to
        id="audit-to"
        type="date"
        class="input"
        [value]="filter().to"
        [min]="filter().from"
        (change)="changed.emit({ to: to.value === '' ? null : to.value })"
      />
    </span>`,
})
export class AuditFilters {
  readonly filter = input.required<AuditFilter>();
  readonly changed = output<Readonly<Record<string, string | null>>>();
  protected readonly t = injectTranslate();
  protected readonly outcomes = computed<readonly Segment[]>(() => [
    { value: '', label: this.t('operations.all') },
    ...OUTCOMES.map((value) => {
      const { label, icon, tone } = OUTCOME_LOOKS[value];
      return { value, label: this.t(label), icon, tone };
    }),
  ]);
  /** An action that only the address knows stays choosable. */
  protected readonly actions = computed(() => {
    const known = knownActions();
    const { action } = this.filter();
    const all = action === '' || known.includes(action) ? known : [action, ...known];
    return all
      .map((value) => ({ value, label: actionName(this.t, value) }))
      .sort((a, b) => a.label.localeCompare(b.label));
  });
}
