import { Component, computed, inject, input } from '@angular/core';
import type { PlaybookRunSummary } from '../platform/api/generated/models/playbook-run-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { RunBar } from '../commands/run-bar';
import { Chip } from '../ui/chip';
import { RelativeTime } from '../ui/relative-time';
import { OPERATION_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Cell, Table } from '../ui/table';
import { countsOfPlaybookRun, tookOf } from './run-words';

/** One run of a list: which playbook, how it stands on how many servers, by whom, when. */
@Component({
  selector: 'app-playbook-run-row',
  imports: [Cell, Chip, RelativeTime, RunBar, StatusBadge],
  styles: `
    .name {
      display: flex;
      align-items: center;
      gap: 8px;
      min-width: 0;
    }
    ui-chip {
      flex: none;
    }
    small {
      display: block;
      font-size: 12px;
      line-height: 16px;
      color: var(--muted);
    }
    .bar {
      display: flex;
      align-items: center;
      gap: 10px;
    }
    app-run-bar {
      flex: 1;
    }
  `,
  template: `<span uiCell="state"><ui-status-badge [look]="looks[run().state]" /></span>
    <span uiCell="playbook">
      <span class="name"
        ><b class="truncate">{{ title() }}</b>
        @if (run().check) {
          <ui-chip [value]="t('playbookRuns.preview')" />
        }
      </span>
      @if (!table.shows('servers')) {
        <small class="truncate number"
          >{{ ofTotal() }} · <ui-relative-time [at]="run().created_at"
        /></small>
      }
    </span>
    <span uiCell="servers"
      ><span class="bar"
        ><app-run-bar [counts]="counts()" /><span class="small muted number">{{
          ofTotal()
        }}</span></span
      ></span
    >
    <span uiCell="version" class="small muted number">{{ run().playbook.version ?? '–' }}</span>
    <span uiCell="actor" class="muted">{{ run().actor.name }}</span>
    <span uiCell="created" class="small muted number"
      ><ui-relative-time [at]="run().created_at"
    /></span>
    <span uiCell="took" class="small number">{{ took() }}</span>`,
})
export class PlaybookRunRow {
  readonly run = input.required<PlaybookRunSummary>();
  readonly title = input.required<string>();
  private readonly clock = inject(Clock);
  private readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  /** Where there is no room for columns of their own, servers and time stand below. */
  protected readonly table = inject<Table<unknown>>(Table);
  protected readonly looks = OPERATION_STATUS;
  protected readonly counts = computed(() => countsOfPlaybookRun(this.run()));
  protected readonly ofTotal = computed(() => {
    const { ended, total } = this.counts();
    return this.t('commands.ofTotal', { ended, total });
  });
  protected readonly took = computed(
    () => tookOf(this.run(), () => this.clock.now(), this.formats) || '–',
  );
}
