import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listServerOperations } from '../platform/api/generated/fn/operations/list-server-operations';
import type { OperationSummary } from '../platform/api/generated/models/operation-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveResource } from '../platform/live/live-resource';
import { followOperation } from '../operations/operation-feed';
import { OperationProgress } from '../operations/operation-progress';
import { operationTitle } from '../operations/operation-words';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';
import { OPERATION_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { ServerStore } from './server-store';

const PAGE = 100;

/** The long jobs of a server, and one of them live: the newest unless the address says another. */
@Component({
  selector: 'app-operations-tab',
  imports: [
    Card,
    EmptyState,
    ErrorState,
    OperationProgress,
    RelativeTime,
    RouterLink,
    Skeleton,
    StatusBadge,
  ],
  styleUrl: './work-tab.css',
  template: `@if (list.value(); as operations) {
      @if (operations.length === 0) {
        <ui-card
          ><ui-empty-state
            icon="list"
            [heading]="t('server.noOperations')"
            [body]="t('server.noOperationsBody')"
        /></ui-card>
      } @else {
        <div class="columns">
          <ui-card class="main"><app-operation-progress [feed]="feed" /></ui-card>
          <ui-card class="side" [heading]="t('server.history')" icon="history" flush>
            <ul>
              @for (operation of operations; track operation.id) {
                <li>
                  <a
                    [routerLink]="['/servers', store.id(), 'operations', operation.id]"
                    [attr.aria-current]="operation.id === shownId() ? 'true' : null"
                  >
                    <strong class="truncate">{{ titleOf(operation) }}</strong>
                    <span class="line">
                      <ui-status-badge plain [look]="looks[operation.state]" />
                      <span class="small muted number truncate">
                        {{ operation.actor.name }} ·
                        <ui-relative-time [at]="operation.created_at" />
                      </span>
                    </span>
                  </a>
                </li>
              }
            </ul>
          </ui-card>
        </div>
      }
    } @else if (list.problem(); as error) {
      <ui-error-state [error]="error" (retry)="list.reload()" />
    } @else {
      <ui-skeleton [lines]="6" />
    }`,
})
export class OperationsTab {
  readonly operationId = input<string>();

  private readonly api = inject(Api);
  protected readonly store = inject(ServerStore);
  protected readonly t = injectTranslate();
  protected readonly looks = OPERATION_STATUS;

  protected readonly list = liveResource<readonly OperationSummary[]>({
    topics: () => (this.store.id() === '' ? [] : ['operations']),
    load: async () => {
      const id = this.store.id();
      return (await this.api.invoke(listServerOperations, { id, limit: PAGE })).items;
    },
    refetchOn: ({ data }) => data.server_id === this.store.id(),
    merge: (operations) => operations,
    keyOf: ({ data }) => String(data.id),
  });
  protected readonly shownId = computed(
    () => this.operationId() ?? this.list.value()?.[0]?.id ?? null,
  );
  protected readonly feed = followOperation(this.shownId);

  protected titleOf({ type }: OperationSummary): string {
    return operationTitle(this.t, type);
  }
}
