import { inject } from '@angular/core';
import type { Signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { listCommands } from '../platform/api/generated/fn/commands/list-commands';
import type { Command } from '../platform/api/generated/models/command';
import type { LiveMessage } from '../platform/live/live-message';
import { liveResource } from '../platform/live/live-resource';
import type { LiveResource } from '../platform/live/live-resource';

/** Commands the manager answers at once. */
const PAGE = 500;

/** Follows the commands of one run, one for each of its servers. In an injection context. */
export function followRun(runId: Signal<string | null>): LiveResource<readonly Command[]> {
  const api = inject(Api);
  return liveResource<readonly Command[]>({
    topics: () => (runId() === null ? [] : ['commands']),
    load: async (signal) => {
      const commands: Command[] = [];
      let cursor: string | null = null;
      do {
        const page: { items: Command[]; next_cursor: string | null } = await api.invoke(
          listCommands,
          { run_id: runId() ?? '', limit: PAGE, ...(cursor === null ? {} : { cursor }) },
        );
        commands.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null && !signal.aborted);
      return commands;
    },
    merge: (commands, messages) => withMessages(commands, messages),
    keyOf: ({ data }) => String(data.id),
  });
}

/** The commands after news about some of them; others' news change nothing. */
export function withMessages(
  commands: readonly Command[],
  messages: readonly LiveMessage[],
): readonly Command[] {
  const known = new Set(commands.map(({ id }) => id));
  const changed = new Map(
    messages
      .filter(({ type, data }) => type === 'command_changed' && known.has(String(data.id)))
      .map(({ data }) => [String(data.id), data as unknown as Command]),
  );
  if (changed.size === 0) return commands;
  return commands.map((command) => changed.get(command.id) ?? command);
}
