import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { cancelCommand } from '../platform/api/generated/fn/commands/cancel-command';
import type { Command } from '../platform/api/generated/models/command';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import { SessionStore } from '../platform/session/session-store';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { CopyButton } from '../ui/copy-button';
import { Dialogs } from '../ui/dialogs';
import { ErrorState } from '../ui/error-state';
import { LogView } from '../ui/log-view';
import { Notice } from '../ui/notice';
import { RelativeTime } from '../ui/relative-time';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import { COMMAND_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Toasts } from '../ui/toasts';
import { commandStatus, followCommand, outputUrl } from './command-feed';
import type { OutputStream } from './command-feed';
import { commandText } from './command-text';

const GRACE_SECONDS = 10;

/** One command: what was run, how it went, its output live, and the way to end it. */
@Component({
  selector: 'app-command-panel',
  imports: [
    Button,
    CodeBlock,
    CopyButton,
    ErrorState,
    LogView,
    Notice,
    RelativeTime,
    RouterLink,
    Segmented,
    Skeleton,
    StatusBadge,
  ],
  templateUrl: './command-panel.html',
  styleUrl: './command-panel.css',
})
export class CommandPanel {
  readonly commandId = input.required<string>();
  /** For words; the command itself only knows the id. */
  readonly serverName = input.required<string>();
  /** Shown as a link, where the page is not the server's. */
  readonly linksServer = input(false);
  /** Somebody wants the same again. */
  readonly again = output<Command>();

  private readonly api = inject(Api);
  private readonly clock = inject(Clock);
  private readonly dialogs = inject(Dialogs);
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);
  protected readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  protected readonly looks = COMMAND_STATUS;
  protected readonly statusOf = commandStatus;
  protected readonly feed = followCommand(this.commandId);
  protected readonly command = this.feed.command;
  protected readonly cancelling = signal(false);
  protected readonly scriptShown = linkedSignal({
    source: this.commandId,
    computation: () => false,
  });
  protected readonly stream = signal<'both' | OutputStream>('both');

  protected readonly mayRun = computed(() => this.session.can('commands:run'));
  protected readonly text = computed(() => {
    const command = this.command();
    return command ? commandText(command.request, this.t) : '';
  });
  protected readonly isOver = computed(() => this.command()?.status === 'finished');
  protected readonly took = computed(() => {
    const command = this.command();
    if (!command?.started_at) return '';
    const end = command.finished_at ? Date.parse(command.finished_at) : this.clock.now();
    return this.formats.duration(Math.max(0, end - Date.parse(command.started_at)));
  });
  protected readonly missing = computed(() =>
    (this.command()?.gaps ?? []).reduce((sum, { from, to }) => sum + to - from, 0),
  );
  protected readonly streams = computed<readonly Segment<'both' | OutputStream>[]>(() => [
    { value: 'both', label: this.t('run.both') },
    { value: 'stdout', label: 'stdout' },
    { value: 'stderr', label: 'stderr' },
  ]);
  /** New objects only when another command or stream is looked at: the log view starts anew with them. */
  protected readonly sources = computed(() => {
    this.commandId();
    const stream = this.stream();
    const chosen: OutputStream[] = stream === 'both' ? ['stdout', 'stderr'] : [stream];
    return chosen.map((each) => this.feed.source(each));
  });
  protected readonly download = computed(() => {
    const stream = this.stream();
    return outputUrl(this.commandId(), stream === 'both' ? 'stdout' : stream);
  });

  protected async cancel(): Promise<void> {
    const command = this.command();
    if (!command) return;
    const sure = await this.dialogs.confirm({
      title: this.t('run.cancelTitle', { command: this.text(), server: this.serverName() }),
      body: this.t('run.cancelBody'),
      action: this.t('run.cancelAction'),
    });
    if (!sure) return;
    this.cancelling.set(true);
    try {
      const body = { grace_seconds: GRACE_SECONDS };
      const report = await this.api.invoke(cancelCommand, { id: command.id, body });
      const left = report.processes_left;
      if (left === 0) this.toasts.show(this.t('run.cancelled'));
      else this.toasts.show(this.t('run.survivors', { n: left }), { tone: 'bad' });
    } catch (error) {
      this.toasts.show(toProblem(error).detail, { tone: 'bad' });
    } finally {
      this.cancelling.set(false);
      await this.feed.resource.reload();
    }
  }
}
