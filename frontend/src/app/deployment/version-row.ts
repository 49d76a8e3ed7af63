import { Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getDeploymentVersion } from '../platform/api/generated/fn/deployments/get-deployment-version';
import type { DeploymentVersionDetails } from '../platform/api/generated/models/deployment-version-details';
import type { DeploymentVersionSummary } from '../platform/api/generated/models/deployment-version-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Button } from '../ui/button';
import { Chip } from '../ui/chip';
import { DiffCountsView } from '../ui/diff-view';
import { ErrorState } from '../ui/error-state';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import { DEPLOYMENT_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { DeploymentActions } from './deployment-actions';
import { DeploymentStore } from './deployment-store';
import { noteText } from './note-text';
import { VersionChanges } from './version-changes';

/** What a version is compared with. */
type Against = 'before' | 'running';

/** One version of a deployment; opened it shows what it changed. */
@Component({
  selector: 'app-version-row',
  imports: [
    Button,
    Chip,
    DiffCountsView,
    ErrorState,
    Icon,
    RelativeTime,
    Segmented,
    Skeleton,
    StatusBadge,
    VersionChanges,
  ],
  host: { role: 'listitem' },
  styleUrl: './version-row.css',
  template: `<div class="head">
      <button
        type="button"
        class="toggle"
        [attr.aria-expanded]="isOpen()"
        (click)="isOpen.set(!isOpen())"
      >
        <svg [uiIcon]="isOpen() ? 'chevron-down' : 'chevron-right'"></svg>
        <span class="words">
          <span class="title">
            <strong>{{ t('deployment.version', { version: version().version }) }}</strong>
            @if (look(); as look) {
              <ui-status-badge plain [look]="look" />
            } @else {
              <span class="small muted">{{ t('deployment.neverApplied') }}</span>
            }
            @if (isRunning()) {
              <ui-chip [value]="t('deployment.runs')" />
            }
            @if (isWanted() && !isRunning()) {
              <ui-chip [value]="t('deployment.wanted')" />
            }
          </span>
          @if (note(); as text) {
            <span>{{ text }}</span>
          }
          <span class="small muted number"
            >{{ version().actor.name }} · <ui-relative-time [at]="version().created_at" />
            @if (version().config_diff; as diff) {
              · <ui-diff-counts [diff]="diff" />
            }
          </span>
        </span>
      </button>
      @if (mayRollBack()) {
        <button
          uiButton
          size="small"
          icon="undo"
          [disabled]="!store.isFree() || actions.busy() !== null"
          (click)="actions.rollBack(version().version)"
        >
          {{ t('deployment.rollbackTo', { version: version().version }) }}
        </button>
      }
    </div>
    @if (isOpen()) {
      <div class="body">
        @if (canCompare()) {
          <div>
            <ui-segmented
              [label]="t('deployment.compareWith')"
              [segments]="segments()"
              [(value)]="against"
            />
          </div>
        }
        @if (problem(); as error) {
          <ui-error-state [error]="error" (retry)="load()" />
        } @else if (changes(); as changes) {
          <app-version-changes [changes]="changes" />
        } @else {
          <ui-skeleton [lines]="4" />
        }
      </div>
    }`,
})
export class VersionRow {
  readonly version = input.required<DeploymentVersionSummary>();

  private readonly api = inject(Api);
  protected readonly store = inject(DeploymentStore);
  protected readonly actions = inject(DeploymentActions);
  protected readonly t = injectTranslate();
  protected readonly isOpen = signal(false);
  protected readonly against = signal<Against>('before');
  protected readonly changes = signal<DeploymentVersionDetails | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  private run = 0;

  private readonly running = computed(() => this.store.details()?.applied_version ?? null);
  protected readonly isRunning = computed(() => this.running() === this.version().version);
  protected readonly isWanted = computed(
    () => this.store.details()?.desired_version === this.version().version,
  );
  protected readonly look = computed(() => {
    const { outcome } = this.version();
    return outcome === null ? null : DEPLOYMENT_STATUS[outcome];
  });
  protected readonly note = computed(() => {
    const { copied_from: source, note } = this.version();
    if (source === null) return note === null ? null : noteText(this.t, note);
    return this.t('deployment.copiedFrom', { version: source });
  });
  /** What runs and is wanted is nothing to go back to. */
  protected readonly mayRollBack = computed(
    () => this.store.mayWrite() && this.running() !== null && !this.isWanted(),
  );
  protected readonly canCompare = computed(() => this.running() !== null && !this.isRunning());
  protected readonly segments = computed<readonly Segment<Against>[]>(() => [
    { value: 'before', label: this.t('deployment.againstBefore') },
    {
      value: 'running',
      label: this.t('deployment.againstRunning', { version: this.running() ?? 0 }),
    },
  ]);

  constructor() {
    effect(() => {
      this.against();
      if (this.isOpen()) untracked(() => void this.load());
    });
  }

  protected async load(): Promise<void> {
    const run = ++this.run;
    const running = this.running();
    const isAgainstRunning = this.against() === 'running' && this.canCompare() && running !== null;
    this.changes.set(null);
    this.problem.set(null);
    try {
      const changes = await this.api.invoke(getDeploymentVersion, {
        id: this.store.id(),
        version: this.version().version,
        ...(isAgainstRunning ? { against: running } : {}),
      });
      if (run === this.run) this.changes.set(changes);
    } catch (error) {
      if (run === this.run) this.problem.set(toProblem(error));
    }
  }
}
