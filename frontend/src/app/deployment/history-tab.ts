import { Component, effect, inject, untracked } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { listDeploymentHistory } from '../platform/api/generated/fn/deployments/list-deployment-history';
import type { DeploymentVersionSummary } from '../platform/api/generated/models/deployment-version-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveList } from '../platform/live/live-list';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ListEmpty, ListItems, LiveListView } from '../ui/live-list-view';
import { DeploymentStore } from './deployment-store';
import { VersionRow } from './version-row';

const PAGE = 30;

/** Every version of a deployment, newest first: who made it, how it went, what it changed. */
@Component({
  selector: 'app-deployment-history-tab',
  imports: [Card, EmptyState, ListEmpty, ListItems, LiveListView, VersionRow],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 12px;
    }
    app-version-row:not(:first-child) {
      border-top: 1px solid var(--line);
    }
  `,
  template: `<ui-live-list [list]="list">
    <ng-template uiListEmpty>
      <ui-empty-state icon="history" [heading]="t('deployment.noHistory')" />
    </ng-template>
    <ng-template uiListItems [uiListItemsOf]="list" let-items>
      <ui-card
        [heading]="t('deployment.versions')"
        [note]="t('deployment.versionsNote')"
        icon="history"
        flush
      >
        <div role="list" [attr.aria-label]="t('deployment.versions')">
          @for (version of items; track version.version) {
            <app-version-row [version]="version" />
          }
        </div>
      </ui-card>
    </ng-template>
  </ui-live-list>`,
})
export class DeploymentHistoryTab {
  private readonly api = inject(Api);
  private readonly store = inject(DeploymentStore);
  protected readonly t = injectTranslate();
  protected readonly list = liveList<DeploymentVersionSummary, { readonly id: string }>({
    query: () => ({ id: this.store.id() }),
    page: ({ id }, cursor) =>
      this.api.invoke(listDeploymentHistory, {
        id,
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    idOf: ({ version }) => String(version),
  });

  constructor() {
    let seen = this.store.details();
    effect(() => {
      const details = this.store.details();
      if (details === seen) return;
      seen = details;
      // A version was made, or an operation has ended with one.
      untracked(() => void this.list.reload());
    });
  }
}
