import { Component, computed, inject, input, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { PlaybookRunServer } from '../platform/api/generated/models/playbook-run-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { SessionStore } from '../platform/session/session-store';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { followOperation } from '../operations/operation-feed';
import { layerName, stepTitle } from '../operations/operation-words';
import { Button } from '../ui/button';
import { LogView } from '../ui/log-view';
import { Notice } from '../ui/notice';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { OPERATION_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { operationLogSource } from './operation-log-source';
import { Recap } from './recap';
import { tookOf } from './run-words';
import { followTasks } from './task-feed';
import { TaskList } from './task-list';

type View = 'tasks' | 'log';

/** What a playbook does on one server: how it goes, every task, and the log. */
@Component({
  selector: 'app-playbook-server-panel',
  imports: [Button, LogView, Notice, Recap, RouterLink, Segmented, StatusBadge, TaskList],
  styleUrl: './server-panel.css',
  templateUrl: './server-panel.html',
})
export class ServerPanel {
  readonly runId = input.required<string>();
  readonly server = input.required<PlaybookRunServer>();

  private readonly clock = inject(Clock);
  private readonly formats = inject(Formats);
  private readonly session = inject(SessionStore);
  protected readonly t = injectTranslate();
  protected readonly looks = OPERATION_STATUS;
  protected readonly view = signal<View>('tasks');

  private readonly serverId = computed(() => this.server().server_id);
  private readonly operationId = computed(() =>
    this.mayReadOperations() ? this.server().operation_id : null,
  );
  protected readonly tasks = followTasks(
    computed(() => ({ runId: this.runId(), serverId: this.serverId() })),
  );
  private readonly operation = followOperation(this.operationId);

  protected readonly mayReadOperations = computed(() => this.session.can('operations:read'));
  protected readonly isActive = computed(() => {
    const { state } = this.server();
    return state === 'pending' || state === 'running';
  });
  protected readonly took = computed(() =>
    tookOf(this.server(), () => this.clock.now(), this.formats),
  );
  /** What is done before the first task, such as installing Ansible. */
  protected readonly preparation = computed(() => {
    const steps = this.operation.operation()?.steps ?? [];
    const step = steps.find(({ state }) => state === 'running');
    if (!step || step.name === 'run_playbook' || !this.isActive()) return null;
    return stepTitle(this.t, 'run_playbook', step);
  });
  protected readonly failure = computed(() => {
    const { error, outcome } = this.server();
    if (outcome === 'timed_out' || outcome === 'lost' || outcome === 'rejected') {
      const message = error === null ? '' : causeText(error);
      return { title: this.t(`playbookRun.outcome.${outcome}`), message };
    }
    if (error === null) return null;
    if (error.code === 'playbook_failed') {
      return { title: this.t('playbookRun.taskFailed'), message: causeText(error) };
    }
    const step = stepTitle(this.t, 'run_playbook', { name: error.step, title: error.step });
    const title = this.t('operation.failedAt', { step, layer: layerName(this.t, error.layer) });
    return { title, message: causeText(error) };
  });
  protected readonly views = computed<readonly Segment<View>[]>(() => [
    { value: 'tasks', label: this.t('playbookRun.tasks'), icon: 'list' },
    { value: 'log', label: this.t('playbookRun.log'), icon: 'terminal' },
  ]);
  /** Another object only for another operation: the log view starts anew with it. */
  protected readonly sources = computed(() => {
    this.operationId();
    const lines = computed(() => this.operation.resource.value()?.lines ?? []);
    return [operationLogSource(lines, (at) => this.formats.time(at))];
  });
}
