import { Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { PlaybookRunSummary } from '../platform/api/generated/models/playbook-run-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { ErrorState } from '../ui/error-state';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';
import { OPERATION_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { followRunsOf } from './playbook-feed';

const MOST = 5;

/** The newest runs of one playbook. */
@Component({
  selector: 'app-recent-runs',
  imports: [ErrorState, RelativeTime, RouterLink, Skeleton, StatusBadge],
  styleUrl: './side-list.css',
  template: `@if (runs.problem(); as problem) {
      <div class="padded"><ui-error-state [error]="problem" (retry)="runs.reload()" /></div>
    }
    @if (runs.value(); as items) {
      @if (items.length === 0) {
        <p class="padded muted">{{ t('playbook.noRuns') }}</p>
      } @else {
        <ul>
          @for (run of items; track run.id) {
            <li>
              <a class="item" [routerLink]="['/playbook-runs', run.id]">
                <span class="line">
                  <ui-status-badge plain [look]="looks[run.state]" />
                  @if (run.check) {
                    <span class="small muted">{{ t('playbook.preview') }}</span>
                  }
                </span>
                <span class="small muted number"
                  >{{ about(run) }} · <ui-relative-time [at]="run.created_at"
                /></span>
              </a>
            </li>
          }
        </ul>
      }
    } @else if (!runs.problem()) {
      <div class="padded"><ui-skeleton [lines]="3" /></div>
    }`,
})
export class RecentRuns {
  /** Id of the playbook. */
  readonly playbookId = input.required<string>();
  protected readonly t = injectTranslate();
  protected readonly looks = OPERATION_STATUS;
  protected readonly runs = followRunsOf(this.playbookId, MOST);

  protected about(run: PlaybookRunSummary): string {
    const servers = this.t('playbook.onServers', { n: run.servers_total });
    const { version } = run.playbook;
    const words =
      version === null ? [servers] : [this.t('playbooks.version', { n: version }), servers];
    return [...words, run.actor.name].join(' · ');
  }
}
