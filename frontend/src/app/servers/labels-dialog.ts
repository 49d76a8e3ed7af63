import { Component, computed, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { Chip } from '../ui/chip';
import { DialogFrame } from '../ui/dialog-frame';
import { Field, Input } from '../ui/field';
import { parseLabels } from './label-rules';
import { labelFacets } from './server-filter';

/** Changes of labels: some are set, some taken away, the rest stays. */
export interface LabelChanges {
  readonly set: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
}

/** Sets and takes away labels of one or several servers. */
@Component({
  selector: 'app-labels-dialog',
  imports: [Button, Chip, DialogFrame, Field, Input],
  styles: `
    .body {
      display: flex;
      flex-direction: column;
      gap: 14px;
    }
    .chips {
      display: flex;
      flex-wrap: wrap;
      gap: 6px;
    }
    .gone {
      opacity: 0.55;
      text-decoration: line-through;
    }
    h3 {
      margin-bottom: 6px;
    }
  `,
  template: `<form (submit)="submit($event)">
    <ui-dialog-frame [heading]="title">
      <div class="body">
        @if (present.length > 0) {
          <div>
            <h3>{{ t('servers.labelsNow') }}</h3>
            <div class="chips">
              @for (label of present; track label.key) {
                @if (removed().includes(label.key)) {
                  <button
                    type="button"
                    class="gone"
                    [attr.aria-label]="t('servers.keepLabel', { label: label.key })"
                    (click)="keep(label.key)"
                  >
                    <ui-chip [name]="label.key" [value]="label.values" />
                  </button>
                } @else {
                  <ui-chip
                    [name]="label.key"
                    [value]="label.values"
                    removable
                    (removed)="remove(label.key)"
                  />
                }
              }
            </div>
          </div>
        }
        <ui-field
          [label]="t('servers.labelsSet')"
          [hint]="t('servers.labelsHint')"
          [problem]="problem()"
        >
          <input
            uiInput
            class="mono"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            placeholder="env=production role=web"
            [value]="typed()"
            (input)="typed.set($any($event.target).value)"
          />
        </ui-field>
      </div>
      <ng-container uiDialogActions>
        <button uiButton (click)="ref.close()">{{ t('ui.cancel') }}</button>
        <button uiButton="primary" type="submit" [disabled]="!allowed()">
          {{ t('servers.labelsSave') }}
        </button>
      </ng-container>
    </ui-dialog-frame>
  </form>`,
})
export class LabelsDialog {
  private readonly servers = inject<readonly BoardServer[]>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<LabelChanges>>(DialogRef);
  protected readonly t = injectTranslate();
  protected readonly title =
    this.servers.length === 1
      ? this.t('servers.labelsOf', { name: this.servers[0]?.name ?? '' })
      : this.t('servers.labelsOfMany', { n: this.servers.length });
  protected readonly present = presentLabels(this.servers);
  protected readonly typed = signal('');
  protected readonly removed = signal<readonly string[]>([]);
  private readonly parsed = computed(() => parseLabels(this.typed(), this.t));
  protected readonly problem = computed(() => {
    const parsed = this.parsed();
    return 'problem' in parsed ? parsed.problem : null;
  });
  protected readonly allowed = computed(() => {
    const parsed = this.parsed();
    if ('problem' in parsed) return false;
    return this.removed().length > 0 || Object.keys(parsed.labels).length > 0;
  });

  protected remove(key: string): void {
    this.removed.update((keys) => [...keys, key]);
  }

  protected keep(key: string): void {
    this.removed.update((keys) => keys.filter((other) => other !== key));
  }

  protected submit(event: Event): void {
    event.preventDefault();
    const parsed = this.parsed();
    if (!this.allowed() || 'problem' in parsed) return;
    this.ref.close({ set: parsed.labels, removed: this.removed() });
  }
}

/** Each key once, with the values it has on these servers. */
function presentLabels(
  servers: readonly BoardServer[],
): readonly { readonly key: string; readonly values: string }[] {
  const values = new Map<string, string[]>();
  for (const { label } of labelFacets(servers)) {
    const at = label.indexOf('=');
    const key = label.slice(0, at);
    values.set(key, [...(values.get(key) ?? []), label.slice(at + 1)]);
  }
  return [...values].map(([key, list]) => ({ key, values: list.slice(0, 3).join(' | ') }));
}
