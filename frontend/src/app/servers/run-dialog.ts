import { Component, computed, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { createRun } from '../platform/api/generated/fn/commands/create-run';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import type { CreateCommand } from '../platform/api/generated/models/create-command';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { commandStatus } from '../commands/command-feed';
import { CommandForm } from '../commands/command-form';
import { followRun } from '../commands/run-feed';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { Progress } from '../ui/progress';
import { COMMAND_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';

/** Results listed; the rest is under Commands. */
const SHOWN = 200;

/** One command on several servers: asks what to run, then shows how it goes on each. */
@Component({
  selector: 'app-run-dialog',
  imports: [Button, CommandForm, DialogFrame, ErrorState, Progress, RouterLink, StatusBadge],
  styles: `
    .body {
      display: flex;
      flex-direction: column;
      gap: 12px;
    }
    ul {
      max-height: 44vh;
      overflow-y: auto;
      border: 1px solid var(--line);
      border-radius: var(--radius-m);
    }
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 12px;
      padding: 7px 12px;
      border-bottom: 1px solid var(--line);
    }
    li:last-child {
      border-bottom: 0;
    }
    li strong {
      flex: 1;
      min-width: 120px;
      overflow-wrap: anywhere;
    }
  `,
  template: `<ui-dialog-frame [heading]="t('servers.runOn', { n: servers.length })">
    <div class="body">
      <p class="muted">{{ named }}</p>
      @if (problem(); as error) {
        <ui-error-state [error]="error" [retryable]="false" />
      }
      @if (runId() === null) {
        <app-command-form
          [busy]="busy()"
          [action]="t('servers.runAction', { n: servers.length })"
          (submitted)="run($event)"
        />
      } @else {
        <ui-progress [label]="t('servers.runResults')" [done]="ended()" [total]="total()" />
        <p role="status" class="muted number">
          {{ t('servers.runProgress', { done: ended(), total: total() }) }}
          @if (notSucceeded() > 0) {
            · {{ t('servers.runNotSucceeded', { n: notSucceeded() }) }}
          }
        </p>
        <ul tabindex="0" [attr.aria-label]="t('servers.runResults')">
          @for (command of shown(); track command.id) {
            <li>
              <strong>{{ nameOf(command.server_id) }}</strong>
              <ui-status-badge [look]="looks[statusOf(command)]" />
              <a
                class="link small"
                [routerLink]="['/servers', command.server_id, 'commands', command.id]"
                (click)="ref.close()"
                >{{ t('servers.runOutput') }}</a
              >
            </li>
          }
        </ul>
      }
    </div>
    <ng-container uiDialogActions>
      <button uiButton (click)="ref.close()">{{ t('ui.close') }}</button>
    </ng-container>
  </ui-dialog-frame>`,
})
export class RunDialog {
  protected readonly servers = inject<readonly BoardServer[]>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef>(DialogRef);
  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  protected readonly looks = COMMAND_STATUS;
  protected readonly statusOf = commandStatus;
  private readonly names = new Map(this.servers.map(({ id, name }) => [id, name]));
  protected readonly named = this.servers
    .slice(0, 8)
    .map(({ name }) => name)
    .join(', ')
    .concat(this.servers.length > 8 ? ' …' : '');
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly runId = signal<string | null>(null);
  private readonly feed = followRun(this.runId);
  private readonly commands = computed(() => this.feed.value() ?? []);
  protected readonly total = computed(() => this.commands().length);
  protected readonly ended = computed(
    () => this.commands().filter(({ outcome }) => outcome !== null).length,
  );
  protected readonly notSucceeded = computed(
    () =>
      this.commands().filter(({ outcome }) => outcome !== null && outcome !== 'succeeded').length,
  );
  protected readonly shown = computed(() => {
    const rank = {
      failed: 0,
      timed_out: 0,
      lost: 0,
      rejected: 0,
      cancelled: 1,
      succeeded: 3,
    } as const;
    return this.commands()
      .toSorted((a, b) => rankOf(a.outcome, rank) - rankOf(b.outcome, rank))
      .slice(0, SHOWN);
  });

  protected nameOf(serverId: string): string {
    return this.names.get(serverId) ?? serverId;
  }

  protected async run(request: CreateCommand): Promise<void> {
    this.busy.set(true);
    this.problem.set(null);
    try {
      const body = { ...request, server_ids: this.servers.map(({ id }) => id) };
      const key = crypto.randomUUID();
      const run = await this.api.invoke(createRun, { body, 'Idempotency-Key': key });
      this.runId.set(run.id);
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}

/** Failures first, then what still runs, successes last. */
function rankOf(outcome: string | null, ranks: Readonly<Record<string, number>>): number {
  return outcome === null ? 2 : (ranks[outcome] ?? 0);
}
