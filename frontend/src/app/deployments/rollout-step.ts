import { Component, computed, inject, input } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveResource } from '../platform/live/live-resource';
import { ErrorState } from '../ui/error-state';
import { Notice } from '../ui/notice';
import { Progress } from '../ui/progress';
import { StaleMarker } from '../ui/stale-marker';
import { changedDeployment } from './deployment-list';
import { deploymentsOfKind } from './kind-deployments';
import { RolloutServer } from './rollout-server';
import { rolloutCounts, stillOpen } from './rollout-counts';

/** Servers whose steps are shown without being asked for. */
const FEW = 3;

/** The work on every server, live, and how it ended. */
@Component({
  selector: 'app-rollout-step',
  imports: [ErrorState, Notice, Progress, RolloutServer, StaleMarker],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 12px;
      min-width: 0;
    }
    ui-stale-marker:empty {
      display: none;
    }
  `,
  template: `@if (live.problem(); as problem) {
      <ui-error-state [error]="problem" (retry)="live.reload()" />
    }
    @if (counts().open > 0) {
      <ui-notice>
        <h2>{{ t('wizard.working', { kind: kindTitle(), n: counts().all }) }}</h2>
        <p class="small muted">{{ t('wizard.leave') }}</p>
      </ui-notice>
      @if (counts().all > 1) {
        <ui-progress
          [label]="t('wizard.work')"
          [done]="counts().all - counts().open"
          [total]="counts().all"
        />
      }
    } @else if (counts().failed === 0) {
      <ui-notice tone="ok" alert>
        <h2>{{ t('wizard.done', { kind: kindTitle(), n: counts().all }) }}</h2>
      </ui-notice>
    } @else {
      <ui-notice tone="bad" alert>
        <h2>{{ t('wizard.someFailed', { n: counts().failed }) }}</h2>
        <p class="small">{{ t(isDegraded() ? 'wizard.notAsBefore' : 'wizard.asBefore') }}</p>
      </ui-notice>
    }
    <p class="cdk-visually-hidden" role="status">{{ progress() }}</p>
    <ui-stale-marker [fetchedAt]="live.fetchedAt()" />
    @for (deployment of current(); track deployment.id) {
      <app-rollout-server [deployment]="deployment" [open]="isOpened(deployment)" />
    }`,
})
export class RolloutStep {
  readonly deployments = input.required<readonly DeploymentSummary[]>();
  readonly kindTitle = input.required<string>();

  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  private readonly kind = computed(() => this.deployments()[0]?.kind ?? '');
  private readonly ids = computed(() => new Set(this.deployments().map(({ id }) => id)));
  protected readonly live = liveResource<readonly DeploymentSummary[]>({
    topics: () => (this.kind() === '' ? [] : ['deployments']),
    load: async () => {
      const all = await deploymentsOfKind(this.api, this.kind());
      return all.filter(({ id }) => this.ids().has(id));
    },
    merge: (deployments, messages) =>
      deployments.map((deployment) =>
        messages
          .filter(({ data }) => data.id === deployment.id)
          .reduce(changedDeployment, deployment),
      ),
  });
  /** By name, whatever happens to them: nothing jumps while it goes on. */
  protected readonly current = computed(() =>
    (this.live.value() ?? this.deployments()).toSorted((a, b) =>
      NAMES.compare(a.server_name, b.server_name),
    ),
  );
  protected readonly counts = computed(() => rolloutCounts(this.current()));
  protected readonly progress = computed(() => {
    const { all, healthy, failed } = this.counts();
    return failed === 0
      ? this.t('wizard.counts', { all, healthy })
      : this.t('wizard.countsFailed', { all, healthy, failed });
  });

  protected readonly isDegraded = computed(() =>
    this.current().some(({ state }) => state === 'degraded'),
  );

  /** A few are followed side by side; of many, those that need somebody. */
  protected isOpened(deployment: DeploymentSummary): boolean {
    if (this.counts().all <= FEW) return true;
    return !stillOpen(deployment) && deployment.state !== 'healthy';
  }
}

const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
