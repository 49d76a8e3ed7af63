import { Component, computed, inject, input } from '@angular/core';
import type { AuditEvent } from '../platform/api/generated/models/audit-event';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { StatusBadge } from '../ui/status-badge';
import { Cell, Table } from '../ui/table';
import { actionName } from './audit-words';
import { objectName } from './event-words';
import { OUTCOME_LOOKS } from './outcome-looks';

/** One event of the audit log. */
@Component({
  selector: 'app-audit-row',
  imports: [Cell, StatusBadge],
  styles: `
    small {
      display: block;
      font-size: 12px;
      line-height: 16px;
      color: var(--muted);
    }
  `,
  template: `<span uiCell="outcome"><ui-status-badge plain [look]="looks[event().outcome]" /></span>
    <span uiCell="action" [title]="event().action"
      >{{ action() }}
      @if (!table.shows('actor')) {
        <small class="truncate">{{ event().actor.name }} · {{ object() }}</small>
      }
    </span>
    <span uiCell="object" [title]="object()">{{ object() }}</span>
    <span uiCell="actor"
      ><b>{{ event().actor.name }}</b></span
    >
    <span uiCell="address" class="mono muted">{{ event().address ?? '–' }}</span>
    <span uiCell="at" class="small muted number"
      ><time [attr.datetime]="event().at">{{ formats.dateTime(event().at) }}</time></span
    >`,
})
export class AuditRow {
  readonly event = input.required<AuditEvent>();
  private readonly t = injectTranslate();
  protected readonly formats = inject(Formats);
  /** Where there is no room for columns of their own, actor and object stand below. */
  protected readonly table = inject<Table<unknown>>(Table);
  protected readonly looks = OUTCOME_LOOKS;
  protected readonly action = computed(() => actionName(this.t, this.event().action));
  protected readonly object = computed(() => objectName(this.event(), this.t));
}
