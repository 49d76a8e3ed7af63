import { Component, computed, inject, input, output, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { cancelOperation } from '../platform/api/generated/fn/operations/cancel-operation';
import { cleanUpOperation } from '../platform/api/generated/fn/operations/clean-up-operation';
import { retryOperation } from '../platform/api/generated/fn/operations/retry-operation';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { toProblem } from '../platform/problem/parse-problem';
import { SessionStore } from '../platform/session/session-store';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { Button } from '../ui/button';
import { Dialogs } from '../ui/dialogs';
import { ErrorState } from '../ui/error-state';
import { Notice } from '../ui/notice';
import { Progress } from '../ui/progress';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';
import { OPERATION_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { StepList } from '../ui/step-list';
import { Toasts } from '../ui/toasts';
import { hasEnded } from './operation-feed';
import type { OperationFeed } from './operation-feed';
import { layerName, operationTitle, stepTitle } from './operation-words';

/**
 * One operation while it goes on and after: state, steps with their logs, why it failed, and what can be
 * done about it. More actions come as content.
 */
@Component({
  selector: 'app-operation-progress',
  imports: [Button, ErrorState, Notice, Progress, RelativeTime, Skeleton, StatusBadge, StepList],
  templateUrl: './operation-progress.html',
  styleUrl: './operation-progress.css',
})
export class OperationProgress {
  readonly feed = input.required<OperationFeed>();
  /** Without the line of type, server and person, where the page says it already. */
  readonly bare = input(false);
  /** Something was asked for: the operation goes on. */
  readonly resumed = output();

  private readonly api = inject(Api);
  private readonly clock = inject(Clock);
  private readonly dialogs = inject(Dialogs);
  private readonly formats = inject(Formats);
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly looks = OPERATION_STATUS;
  protected readonly busy = signal<'retry' | 'cancel' | 'cleanUp' | null>(null);

  protected readonly operation = computed(() => this.feed().operation());
  protected readonly mayRun = computed(() => this.session.can('operations:run'));
  protected readonly title = computed(() => operationTitle(this.t, this.operation()?.type ?? ''));
  private readonly reason = computed(() => {
    const error = this.operation()?.error;
    return error ? causeText(error) : null;
  });
  protected readonly steps = computed(() =>
    this.feed()
      .steps()
      .map((step) => ({
        ...step,
        title: stepTitle(this.t, this.operation()?.type ?? '', step),
        // The reason of the whole failure stands above the steps.
        error: step.error === this.reason() ? null : step.error,
      })),
  );
  protected readonly done = computed(
    () => this.steps().filter(({ state }) => state === 'succeeded' || state === 'skipped').length,
  );
  protected readonly isActive = computed(() => {
    const operation = this.operation();
    return operation !== null && !hasEnded(operation);
  });
  /** The line that tells screen readers and eyes where it stands. */
  protected readonly now = computed(() => {
    const running = this.steps().find(({ state }) => state === 'running');
    return running ? this.t('operation.nowAt', { step: running.title }) : '';
  });
  protected readonly took = computed(() => {
    const operation = this.operation();
    if (!operation?.started_at) return '';
    const end = operation.finished_at ? Date.parse(operation.finished_at) : this.clock.now();
    return this.formats.duration(Math.max(0, end - Date.parse(operation.started_at)));
  });
  protected readonly failure = computed(() => {
    const error = this.operation()?.error;
    if (!error) return null;
    const step = this.steps().find(({ name }) => name === error.step);
    const title = this.t('operation.failedAt', {
      step: step?.title ?? error.step,
      layer: layerName(this.t, error.layer),
    });
    return { title, message: causeText(error) };
  });
  protected readonly hasUndone = computed(() =>
    this.steps().some(({ state }) => state === 'undone'),
  );
  protected readonly canRetry = computed(() => {
    const state = this.operation()?.state;
    return state === 'failed' || state === 'cancelled';
  });

  protected retry(): Promise<void> {
    return this.ask('retry', (id) => this.api.invoke(retryOperation, { id }));
  }

  protected cleanUp(): Promise<void> {
    return this.ask('cleanUp', (id) => this.api.invoke(cleanUpOperation, { id }));
  }

  protected async cancel(): Promise<void> {
    const operation = this.operation();
    if (!operation) return;
    const sure = await this.dialogs.confirm({
      title: this.t('operation.cancelTitle', {
        operation: this.title(),
        server: operation.server_name,
      }),
      body: this.t('operation.cancelBody'),
      action: this.t('operation.cancelAction'),
    });
    if (sure) await this.ask('cancel', (id) => this.api.invoke(cancelOperation, { id }));
  }

  private async ask(
    what: 'retry' | 'cancel' | 'cleanUp',
    send: (id: string) => Promise<unknown>,
  ): Promise<void> {
    const operation = this.operation();
    if (!operation || this.busy()) return;
    this.busy.set(what);
    try {
      await send(operation.id);
      this.resumed.emit();
    } catch (error) {
      this.toasts.show(toProblem(error).detail, { tone: 'bad' });
    } finally {
      this.busy.set(null);
      await this.feed().resource.reload();
    }
  }
}
