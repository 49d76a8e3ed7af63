import { Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listPlaybookVersions } from '../platform/api/generated/fn/playbooks/list-playbook-versions';
import type { PlaybookVersionSummary } from '../platform/api/generated/models/playbook-version-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveList } from '../platform/live/live-list';
import { Button } from '../ui/button';
import { ErrorState } from '../ui/error-state';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';
import { PLAYBOOK_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';

const PAGE = 20;

/** Every version of a playbook, newest first, with how its check went. */
@Component({
  selector: 'app-version-list',
  imports: [Button, ErrorState, RelativeTime, RouterLink, Skeleton, StatusBadge],
  styleUrl: './side-list.css',
  template: `@if (list.problem(); as problem) {
      <div class="padded"><ui-error-state [error]="problem" (retry)="list.reload()" /></div>
    }
    @if (list.items(); as versions) {
      <ul>
        @for (version of versions; track version.version) {
          <li>
            <a
              class="item"
              routerLink="."
              [queryParams]="{ version: versionInAddress(version.version), against: null }"
              queryParamsHandling="merge"
              [attr.aria-current]="version.version === shown() ? 'true' : null"
            >
              <span class="line">
                <strong class="number">{{ t('playbooks.version', { n: version.version }) }}</strong>
                <span class="grow"></span>
                <ui-status-badge plain [look]="looks[version.state]" />
              </span>
              @if (version.note !== '') {
                <span class="note">{{ version.note }}</span>
              }
              <span class="small muted number"
                >{{ version.author.name }} · <ui-relative-time [at]="version.created_at"
              /></span>
            </a>
            @if (version.version > 1) {
              <a
                class="link small beside"
                routerLink="."
                [queryParams]="{
                  version: versionInAddress(version.version),
                  view: 'changes',
                  against: null,
                }"
                queryParamsHandling="merge"
                [attr.aria-label]="t('comparison.changesOf', { n: version.version })"
                >{{ t('comparison.changes') }}</a
              >
            }
          </li>
        }
      </ul>
      @if (list.hasMore()) {
        <div class="padded">
          <button uiButton size="small" [busy]="list.isLoadingMore()" (click)="list.more()">
            {{ t('operations.older') }}
          </button>
        </div>
      }
    } @else if (!list.problem()) {
      <div class="padded"><ui-skeleton [lines]="4" /></div>
    }`,
})
export class VersionList {
  readonly playbookId = input.required<string>();
  readonly latest = input.required<number>();
  /** The version on screen. */
  readonly shown = input.required<number>();

  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  protected readonly looks = PLAYBOOK_STATUS;
  /** News name the playbook and no version, and so make the newest part be fetched again. */
  protected readonly list = liveList<PlaybookVersionSummary, string>({
    query: () => this.playbookId(),
    page: (id, cursor) =>
      this.api.invoke(listPlaybookVersions, {
        id,
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    idOf: ({ version }) => String(version),
    topic: 'playbooks',
    change: (version) => version,
  });

  /** The latest one is what is there without any. */
  protected versionInAddress(version: number): number | null {
    return version === this.latest() ? null : version;
  }
}
