import {
  Component,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  signal,
  untracked,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { createCommand } from '../platform/api/generated/fn/commands/create-command';
import { createRun } from '../platform/api/generated/fn/commands/create-run';
import { getCommand } from '../platform/api/generated/fn/commands/get-command';
import { getRun } from '../platform/api/generated/fn/commands/get-run';
import type { CreateCommand } from '../platform/api/generated/models/create-command';
import type { Run } from '../platform/api/generated/models/run';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectGoOn } from '../platform/page/go-on';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { FleetStore } from '../servers/fleet-store';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Notice } from '../ui/notice';
import { PageHeader } from '../ui/page-header';
import { Skeleton } from '../ui/skeleton';
import { CommandForm } from './command-form';
import { EMPTY_DRAFT, draftOf } from './command-request';
import { chosenServers, labelRecord, labelledServers } from './run-targets';
import type { TargetKind } from './run-targets';
import { TargetPicker } from './target-picker';

/** Names listed in the summary. */
const NAMED = 6;

type Many = string | readonly string[] | undefined;

/**
 * Runs a command on one server or on many. The address can say on which (`servers`, `label`), and what to
 * start with: an earlier command (`again`) or run (`run`).
 */
@Component({
  selector: 'app-new-run-page',
  imports: [
    Button,
    Card,
    CommandForm,
    EmptyState,
    ErrorState,
    Notice,
    PageHeader,
    RouterLink,
    Skeleton,
    TargetPicker,
  ],
  template: `<div class="page page-narrow">
    <ui-page-header [heading]="t('commands.new')" [note]="t('commands.newIntro')" />
    @if (fleet.fetchedAt() === 0 || isFilling()) {
      @if (fleet.problem(); as problem) {
        <ui-error-state [error]="problem" (retry)="fleet.reload()" />
      } @else {
        <ui-skeleton [lines]="8" [height]="24" />
      }
    } @else if (all().length === 0) {
      <ui-card>
        <ui-empty-state
          icon="server"
          [heading]="t('commands.noServers')"
          [body]="t('commands.noServersBody')"
        >
          <a uiButton="primary" icon="plus" routerLink="/servers/add">{{ t('board.add') }}</a>
        </ui-empty-state>
      </ui-card>
    } @else {
      <ui-card [heading]="t('commands.where')" icon="server">
        <app-target-picker [servers]="all()" [(kind)]="kind" [(ids)]="ids" [(labels)]="labels" />
      </ui-card>
      <p role="status" class="muted">{{ summary() }}</p>
      @if (targets().without.length > 0) {
        <ui-notice tone="warn">{{
          t('commands.withoutAgent', { names: namesOf(targets().without) })
        }}</ui-notice>
      }
      <ui-card [heading]="t('run.how')" icon="terminal">
        @if (problem(); as error) {
          <ui-error-state [error]="error" [retryable]="false" />
        }
        <app-command-form
          [initial]="draft()"
          [busy]="busy()"
          [action]="action()"
          (submitted)="start($event)"
        />
        @if (noTarget()) {
          <ui-notice tone="warn" alert>{{ t('commands.chooseFirst') }}</ui-notice>
        }
      </ui-card>
    }
  </div>`,
})
export class NewRunPage {
  readonly servers = input<Many>();
  readonly label = input<Many>();
  readonly again = input<string>();
  readonly run = input<string>();

  private readonly api = inject(Api);
  private readonly goOn = injectGoOn();
  protected readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();
  protected readonly draft = signal(EMPTY_DRAFT);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly noTarget = signal(false);
  /** What to start with is on its way: nobody types into what it would replace. */
  protected readonly isFilling = signal(false);
  protected readonly kind = linkedSignal<TargetKind>(() =>
    manyOf(this.label()).length > 0 ? 'labels' : 'servers',
  );
  protected readonly ids = linkedSignal<ReadonlySet<string>>(
    () => new Set(manyOf(this.servers()).flatMap((text) => text.split(','))),
  );
  protected readonly labels = linkedSignal<ReadonlySet<string>>(
    () => new Set(manyOf(this.label()).filter((text) => text.includes('='))),
  );

  protected readonly all = computed(() => {
    this.fleet.revision();
    return untracked(() => this.fleet.ids().flatMap((id) => this.fleet.server(id)?.() ?? []));
  });
  protected readonly targets = computed(() =>
    this.kind() === 'labels'
      ? labelledServers(this.all(), this.labels())
      : chosenServers(this.all(), this.ids()),
  );
  protected readonly action = computed(() => {
    const n = this.targets().servers.length;
    return n === 0 ? this.t('run.action') : this.t('commands.runOnAction', { n });
  });
  protected readonly summary = computed(() => {
    const { servers } = this.targets();
    return servers.length === 0
      ? this.t('commands.nowhere')
      : this.t('commands.runsOn', { n: servers.length, names: this.namesOf(servers) });
  });

  constructor() {
    effect(() => {
      const [command, run] = [this.again(), this.run()];
      untracked(() => void this.fill(command, run));
    });
    effect(() => {
      if (this.targets().servers.length > 0) this.noTarget.set(false);
    });
  }

  protected namesOf(servers: readonly { readonly name: string }[]): string {
    const names = servers.slice(0, NAMED).map(({ name }) => name);
    const more = servers.length - names.length;
    const all = more > 0 ? [...names, this.t('commands.andMore', { n: more })] : names;
    return all.join(', ');
  }

  protected async start(request: CreateCommand): Promise<void> {
    const { servers } = this.targets();
    const [first] = servers;
    if (!first) {
      this.noTarget.set(true);
      return;
    }
    this.busy.set(true);
    this.problem.set(null);
    // Sent again by a retry of the browser it is still one run.
    const key = { 'Idempotency-Key': crypto.randomUUID() };
    try {
      if (servers.length === 1 && this.kind() === 'servers') {
        const command = await this.api.invoke(createCommand, {
          id: first.id,
          body: request,
          ...key,
        });
        await this.goOn(['/commands', command.id]);
        return;
      }
      const where =
        this.kind() === 'labels'
          ? { labels: labelRecord(this.labels()) }
          : { server_ids: servers.map(({ id }) => id) };
      const run = await this.api.invoke(createRun, { body: { ...request, ...where }, ...key });
      await this.goOn(['/commands/runs', run.id]);
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }

  /** Starts with what was run before, on the same servers. */
  private async fill(commandId: string | undefined, runId: string | undefined): Promise<void> {
    const isWanted = (): boolean => this.again() === commandId && this.run() === runId;
    this.isFilling.set(commandId !== undefined || runId !== undefined);
    try {
      if (commandId !== undefined) {
        const command = await this.api.invoke(getCommand, { id: commandId });
        if (!isWanted()) return;
        this.draft.set(draftOf(command));
        this.ids.set(new Set([command.server_id]));
      } else if (runId !== undefined) {
        const run = await this.api.invoke(getRun, { id: runId });
        if (!isWanted()) return;
        this.draft.set(draftOf(run));
        this.aimAt(run.selector);
      }
    } catch (error) {
      if (isWanted()) this.problem.set(toProblem(error));
    } finally {
      if (isWanted()) this.isFilling.set(false);
    }
  }

  private aimAt({ server_ids: ids, labels }: Run['selector']): void {
    this.kind.set(labels ? 'labels' : 'servers');
    this.ids.set(new Set(ids ?? []));
    this.labels.set(new Set(Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)));
  }
}

function manyOf(value: Many): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
