import { Component, computed, inject, input } from '@angular/core';
import type { Command } from '../platform/api/generated/models/command';
import { injectTranslate } from '../platform/i18n/i18n';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { RelativeTime } from '../ui/relative-time';
import { COMMAND_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Cell, Table } from '../ui/table';
import { commandStatus } from './command-feed';
import { commandText } from './command-text';

/** One command of a list: what, where, by whom, how it went. */
@Component({
  selector: 'app-command-row',
  imports: [Cell, RelativeTime, StatusBadge],
  styles: `
    small {
      display: block;
      font: 12px/16px var(--font-sans);
      color: var(--muted);
    }
    .bad {
      color: var(--bad);
    }
  `,
  template: `<span uiCell="status"><ui-status-badge [look]="look()" /></span>
    <span uiCell="command" class="mono" [title]="text()"
      >{{ text() }}
      @if (!table.shows('server')) {
        <small class="truncate">{{ serverName() }}</small>
      }
    </span>
    <span uiCell="server">{{ serverName() }}</span>
    <span uiCell="actor" class="muted">{{ command().actor.name }}</span>
    <span uiCell="created" class="small muted number"
      ><ui-relative-time [at]="command().created_at"
    /></span>
    <span uiCell="took" class="small number">{{ took() }}</span>
    <span uiCell="exit" class="mono" [class.bad]="(command().exit_code ?? 0) !== 0">{{
      exit()
    }}</span>
    <span uiCell="output" class="small muted number">{{ output() }}</span>`,
})
export class CommandRow {
  readonly command = input.required<Command>();
  readonly serverName = input.required<string>();
  private readonly t = injectTranslate();
  private readonly clock = inject(Clock);
  private readonly formats = inject(Formats);
  /** Where there is no room for a column of its own, the server stands below. */
  protected readonly table = inject<Table<unknown>>(Table);
  protected readonly look = computed(() => COMMAND_STATUS[commandStatus(this.command())]);
  protected readonly text = computed(() => commandText(this.command().request, this.t));
  protected readonly exit = computed(() => {
    const { exit_code: code, signal } = this.command();
    return signal ?? (code === null ? '–' : String(code));
  });
  protected readonly output = computed(() => {
    const { stdout_bytes: out, stderr_bytes: err } = this.command();
    return out + err === 0 ? '–' : this.formats.bytes(out + err);
  });
  protected readonly took = computed(() => {
    const { started_at: start, finished_at: end } = this.command();
    if (start === null) return '–';
    const until = end === null ? this.clock.now() : Date.parse(end);
    return this.formats.duration(Math.max(0, until - Date.parse(start)));
  });
}
