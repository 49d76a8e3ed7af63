import { Component, computed, inject, input, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { createCommand } from '../platform/api/generated/fn/commands/create-command';
import { listCommands } from '../platform/api/generated/fn/commands/list-commands';
import type { Command } from '../platform/api/generated/models/command';
import type { CreateCommand } from '../platform/api/generated/models/create-command';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveResource } from '../platform/live/live-resource';
import { injectGoOn } from '../platform/page/go-on';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { SessionStore } from '../platform/session/session-store';
import { commandStatus } from '../commands/command-feed';
import { CommandForm } from '../commands/command-form';
import { CommandPanel } from '../commands/command-panel';
import { EMPTY_DRAFT, draftOf } from '../commands/command-request';
import { commandText } from '../commands/command-text';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';
import { COMMAND_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { withNewest } from './command-history';
import type { CommandHistory } from './command-history';
import { ServerStore } from './server-store';

const PAGE = 30;

/** Runs commands on the server and shows what was run, with the output of one. */
@Component({
  selector: 'app-commands-tab',
  imports: [
    Button,
    Card,
    CommandForm,
    CommandPanel,
    EmptyState,
    ErrorState,
    RelativeTime,
    RouterLink,
    Skeleton,
    StatusBadge,
  ],
  templateUrl: './commands-tab.html',
  styleUrl: './work-tab.css',
})
export class CommandsTab {
  /** The command whose output is shown; none in the address: none. */
  readonly commandId = input<string>();

  private readonly api = inject(Api);
  private readonly goOn = injectGoOn();
  private readonly session = inject(SessionStore);
  protected readonly store = inject(ServerStore);
  protected readonly t = injectTranslate();
  protected readonly looks = COMMAND_STATUS;
  protected readonly statusOf = commandStatus;
  protected readonly draft = signal(EMPTY_DRAFT);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly mayRun = computed(() => this.session.can('commands:run'));

  protected readonly history = liveResource<CommandHistory>({
    topics: () => (this.store.id() === '' ? [] : ['commands']),
    load: async () => {
      const server_id = this.store.id();
      const page = await this.api.invoke(listCommands, { server_id, limit: PAGE });
      return { commands: page.items, cursor: page.next_cursor };
    },
    merge: (history, messages) => withNewest(history, messages, this.store.id()),
    keyOf: ({ data }) => String(data.id),
  });

  protected textOf({ request }: Command): string {
    return commandText(request, this.t);
  }

  protected async run(request: CreateCommand): Promise<void> {
    this.busy.set(true);
    this.problem.set(null);
    try {
      const id = this.store.id();
      // Sent again by a retry of the browser it is still one command.
      const key = crypto.randomUUID();
      const body = { args: [], ...request };
      const command = await this.api.invoke(createCommand, { id, body, 'Idempotency-Key': key });
      await this.goOn(['/servers', id, 'commands', command.id]);
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }

  protected again(command: Command): void {
    this.draft.set(draftOf(command));
  }

  protected async more(): Promise<void> {
    const history = this.history.value();
    if (history?.cursor == null) return;
    try {
      const { items, next_cursor: cursor } = await this.api.invoke(listCommands, {
        server_id: this.store.id(),
        limit: PAGE,
        cursor: history.cursor,
      });
      // It may have gone on meanwhile, or been fetched anew.
      const now = this.history.value();
      if (now?.cursor !== history.cursor) return;
      this.history.set({ commands: [...now.commands, ...items], cursor });
    } catch (error) {
      this.problem.set(toProblem(error));
    }
  }
}
