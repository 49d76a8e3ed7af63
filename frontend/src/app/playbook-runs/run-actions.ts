import { Component, computed, inject, input, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { cancelPlaybookRun } from '../platform/api/generated/fn/playbooks/cancel-playbook-run';
import { retryPlaybookRun } from '../platform/api/generated/fn/playbooks/retry-playbook-run';
import type { PlaybookRun } from '../platform/api/generated/models/playbook-run';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectGoOn } from '../platform/page/go-on';
import { problemText } from '../platform/problem/problem-text';
import { SessionStore } from '../platform/session/session-store';
import { Button } from '../ui/button';
import { Dialogs } from '../ui/dialogs';
import { Toasts } from '../ui/toasts';
import { countsOfPlaybookRun } from './run-words';

/** What can be done with a run: cancel it, retry where it failed, run a preview for real, or start from it. */
@Component({
  selector: 'app-playbook-run-actions',
  imports: [Button, RouterLink],
  styles: `
    :host {
      display: contents;
    }
  `,
  template: `@if (mayRun()) {
    @if (!run().finished) {
      <button uiButton="danger" icon="stop" [busy]="busy() === 'cancel'" (click)="cancel()">
        {{ t('playbookRun.cancel') }}
      </button>
    } @else {
      @if (toRetry() > 0) {
        <button uiButton icon="restart" [busy]="busy() === 'retry'" (click)="retry()">
          {{ t('playbookRun.retry', { n: toRetry() }) }}
        </button>
      }
      @if (run().playbook.id; as playbook) {
        @if (run().check) {
          <a
            uiButton="primary"
            icon="play"
            [routerLink]="['/playbooks', playbook, 'run']"
            [queryParams]="{ from: run().id, real: 1 }"
            >{{ t('playbookRun.forReal') }}</a
          >
        } @else {
          <a
            uiButton
            icon="edit"
            [routerLink]="['/playbooks', playbook, 'run']"
            [queryParams]="{ from: run().id }"
            >{{ t('playbookRun.again') }}</a
          >
        }
      }
    }
  }`,
})
export class RunActions {
  readonly run = input.required<PlaybookRun>();
  readonly title = input.required<string>();

  private readonly api = inject(Api);
  private readonly dialogs = inject(Dialogs);
  private readonly goOn = injectGoOn();
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly busy = signal<'cancel' | 'retry' | null>(null);
  protected readonly mayRun = computed(() => this.session.can('playbooks:run'));
  protected readonly toRetry = computed(() => {
    const { failed, cancelled } = countsOfPlaybookRun(this.run());
    return failed + cancelled;
  });

  protected async cancel(): Promise<void> {
    const { total, ended } = countsOfPlaybookRun(this.run());
    const sure = await this.dialogs.confirm({
      title: this.t('playbookRun.cancelTitle', { playbook: this.title(), n: total - ended }),
      body: this.t('playbookRun.cancelBody'),
      action: this.t('playbookRun.cancel'),
    });
    if (!sure) return;
    await this.ask('cancel', async () => {
      const { cancelled } = await this.api.invoke(cancelPlaybookRun, { id: this.run().id });
      this.toasts.show(this.t('playbookRun.cancelled', { n: cancelled }));
    });
  }

  protected retry(): Promise<void> {
    return this.ask('retry', async () => {
      const { id } = await this.api.invoke(retryPlaybookRun, { id: this.run().id });
      this.toasts.show(this.t('playbookRun.retried'));
      await this.goOn(['/playbook-runs', id]);
    });
  }

  private async ask(what: 'cancel' | 'retry', work: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(what);
    try {
      await work();
    } catch (error) {
      this.toasts.show(problemText(error, this.t).detail, { tone: 'bad' });
    } finally {
      this.busy.set(null);
    }
  }
}
