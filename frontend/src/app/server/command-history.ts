import type { Command } from '../platform/api/generated/models/command';
import type { LiveMessage } from '../platform/live/live-message';

/** Commands of one server, newest first, and where older ones go on. */
export interface CommandHistory {
  readonly commands: readonly Command[];
  readonly cursor: string | null;
}

/** The history after news: known commands change in their place, new ones of this server come on top. */
export function withNewest(
  history: CommandHistory,
  messages: readonly LiveMessage[],
  serverId: string,
): CommandHistory {
  let { commands } = history;
  for (const { type, data } of messages) {
    if (type !== 'command_changed' || data.server_id !== serverId) continue;
    const command = data as unknown as Command;
    const isKnown = commands.some(({ id }) => id === command.id);
    commands = isKnown
      ? commands.map((other) => (other.id === command.id ? command : other))
      : [command, ...commands];
  }
  return commands === history.commands ? history : { ...history, commands };
}
