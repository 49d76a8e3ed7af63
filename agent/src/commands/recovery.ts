import { constants } from 'node:os';
import { log, messageOf } from '../log.ts';
import type { UnitManager } from '../systemd/unit-manager.ts';
import type { CommandFinisher } from './command-finisher.ts';
import { Command } from './command.ts';
import { isMarked } from './spool.ts';
import type { Spool } from './spool.ts';
import { copyUnit } from './copier.ts';

/** What recovery works on. */
export interface RecoveryOptions {
  readonly spool: Spool;
  readonly units: UnitManager;
  readonly bootId: string;
  readonly finisher: CommandFinisher;
  /** Filled with every command of the spool. */
  readonly commands: Map<string, Command>;
}

/**
 * Takes up what an earlier agent process left in the spool: finished commands, running ones, and such
 * as ended meanwhile. Nothing is ever started here. A command whose start was never asked for leaves no
 * trace, so that asking again starts it.
 */
export async function recoverCommands(options: RecoveryOptions): Promise<void> {
  for (const id of options.spool.ids()) {
    try {
      await recover(id, options);
    } catch (error) {
      // One damaged directory must not keep the agent from serving the rest.
      log('error', 'command not recovered', { command_id: id, error: messageOf(error) });
    }
  }
}

async function recover(id: string, options: RecoveryOptions): Promise<void> {
  const { spool, units, bootId, commands, finisher } = options;
  const files = spool.files(id);
  const request = spool.readRequest(id);
  // The mark is not synced: after the server went down its absence proves nothing.
  const isUnmarked = request?.boot_id === bootId && !isMarked(files.starting);
  const isUnstarted = isUnmarked && spool.readResult(id) === undefined;
  if (spool.tombstones.has(id) || request === undefined || isUnstarted) {
    await units.kill(copyUnit(id), constants.signals.SIGKILL);
    spool.remove(id);
    return;
  }
  const command = new Command(request, files);
  command.result = spool.readResult(id);
  commands.set(id, command);
  if (command.result !== undefined) {
    spool.removeInputs(id);
    return;
  }
  command.isAnnounced = true;
  await finisher.examine(command);
}
