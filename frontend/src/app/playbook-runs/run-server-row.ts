import { Component, computed, inject, input } from '@angular/core';
import { NgTemplateOutlet } from '@angular/common';
import type { PlaybookRunServer } from '../platform/api/generated/models/playbook-run-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { OPERATION_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Cell, Table } from '../ui/table';
import { Recap } from './recap';
import { tookOf } from './run-words';

/** One server of a run: how it stands, and its numbers or what it does now. */
@Component({
  selector: 'app-run-server-row',
  imports: [Cell, NgTemplateOutlet, Recap, StatusBadge],
  styles: `
    .result {
      display: block;
    }
    app-recap {
      flex-wrap: nowrap;
    }
  `,
  template: `<span uiCell="state"><ui-status-badge [look]="looks[server().state]" /></span>
    <span uiCell="server"
      ><b>{{ server().server_name }}</b>
      @if (!table.shows('result')) {
        <span class="result"><ng-container [ngTemplateOutlet]="result" /></span>
      }
    </span>
    <span uiCell="result"><ng-container [ngTemplateOutlet]="result" /></span>
    <span uiCell="took" class="small number">{{ took() }}</span>
    <ng-template #result>
      @if (server().recap; as recap) {
        <app-recap [recap]="recap" />
      } @else {
        <span class="small muted" [title]="text()">{{ text() }}</span>
      }
    </ng-template>`,
})
export class RunServerRow {
  readonly server = input.required<PlaybookRunServer>();
  private readonly t = injectTranslate();
  private readonly clock = inject(Clock);
  private readonly formats = inject(Formats);
  /** Where there is no room for a column of its own, the result stands below the name. */
  protected readonly table = inject<Table<unknown>>(Table);
  protected readonly looks = OPERATION_STATUS;
  protected readonly took = computed(
    () => tookOf(this.server(), () => this.clock.now(), this.formats) || '–',
  );
  protected readonly text = computed(() => {
    const { state, current, error } = this.server();
    if (error !== null) return causeText(error);
    if (state === 'pending') return this.t('playbookRun.waiting');
    if (state !== 'running') return '–';
    return current === null
      ? this.t('playbookRun.preparing')
      : this.t('playbookRun.atTask', { task: current.task });
  });
}
