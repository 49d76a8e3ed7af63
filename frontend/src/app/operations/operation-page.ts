import { Component, computed, effect, inject, input, resource } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listPlaybookRuns } from '../platform/api/generated/fn/playbooks/list-playbook-runs';
import { injectTranslate } from '../platform/i18n/i18n';
import { PageTitle } from '../platform/page/page-title';
import { SessionStore } from '../platform/session/session-store';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { PageHeader } from '../ui/page-header';
import { RelativeTime } from '../ui/relative-time';
import { followOperation, hasEnded } from './operation-feed';
import { OperationProgress } from './operation-progress';
import { operationTitle } from './operation-words';

/** One long job, live: can be left and found again. */
@Component({
  selector: 'app-operation-page',
  imports: [Button, Card, OperationProgress, PageHeader, RelativeTime, RouterLink],
  template: `<div class="page">
    <ui-page-header [heading]="heading()">
      @if (operation(); as shown) {
        <p class="muted number">
          {{ shown.server_name }} · {{ t('operation.by', { name: shown.actor.name }) }} ·
          <ui-relative-time [at]="shown.created_at" />
        </p>
      }
      <ng-container uiPageActions>
        @if (playbookRun(); as runId) {
          <a uiButton icon="scroll" [routerLink]="['/playbook-runs', runId]">{{
            t('playbookRun.openRun')
          }}</a>
        }
        @if (operation()?.server_id; as serverId) {
          <a uiButton icon="server" [routerLink]="['/servers', serverId]">{{
            t('operations.toServer')
          }}</a>
        }
        <a uiButton icon="arrow-left" routerLink="/operations">{{ t('operations.toList') }}</a>
      </ng-container>
    </ui-page-header>
    <ui-card><app-operation-progress [feed]="feed" [bare]="true" /></ui-card>
    @if (isActive()) {
      <p class="small muted">{{ t('operation.leave') }}</p>
    }
  </div>`,
})
export class OperationPage {
  readonly id = input.required<string>();
  private readonly api = inject(Api);
  private readonly session = inject(SessionStore);
  protected readonly t = injectTranslate();
  private readonly mayReadRuns = computed(() => this.session.can('playbooks:read'));
  protected readonly feed = followOperation(this.id);
  protected readonly operation = this.feed.operation;
  protected readonly isActive = computed(() => {
    const operation = this.operation();
    return operation !== null && !hasEnded(operation);
  });
  protected readonly heading = computed(() => {
    const operation = this.operation();
    return operation ? operationTitle(this.t, operation.type) : this.t('nav.operations');
  });

  /** The operation may be one server of a playbook run. */
  private readonly runs = resource({
    params: () => {
      const isPart = this.operation()?.type === 'run_playbook' && this.mayReadRuns();
      return isPart ? this.id() : undefined;
    },
    loader: ({ params: operation_id }) =>
      this.api.invoke(listPlaybookRuns, { operation_id, limit: 1 }),
  });
  protected readonly playbookRun = computed(() =>
    this.runs.hasValue() ? (this.runs.value().items[0]?.id ?? null) : null,
  );

  constructor() {
    const title = inject(PageTitle);
    const router = inject(Router);
    effect(() => {
      const operation = this.operation();
      if (operation) title.nameSubject(router.url, `${this.heading()}: ${operation.server_name}`);
    });
  }
}
