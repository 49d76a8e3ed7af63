import { commandUnit } from '@myx/protocol';
import { log, messageOf } from '../log.ts';
import type { UnitManager } from '../systemd/unit-manager.ts';
import { UNIT_PREFIX } from './command-service.ts';
import type { CommandService } from './command-service.ts';
import type { Command } from './command.ts';
import { cpuTicksOf, processesOf } from './process-tree.ts';
import type { Spool } from './spool.ts';

const TICK_MS = 1000;
/** Every so many ticks the service manager is asked about all running commands. */
const ASK_TICKS = 5;
/** Neither output nor CPU time for this long is a stall. Milliseconds. */
export const STALL_MS = 120_000;
/** Unacknowledged commands are dropped after this long. Milliseconds. */
const RETENTION_MS = 30 * 24 * 3600 * 1000;
const RETENTION_CHECK_MS = 3600 * 1000;

type UnitStates = Awaited<ReturnType<UnitManager['list']>>;

interface Activity {
  readonly bytes: number;
  readonly ticks: number;
  readonly since: number;
  readonly isTold: boolean;
}

/**
 * Looks after commands where no notice of the kernel would tell: bounds growing output, finds ends that
 * left no record, tells stalls, drops what nobody has asked for in 30 days. Idle while nothing runs.
 */
export class CommandMonitor {
  readonly #service: CommandService;
  readonly #units: UnitManager;
  readonly #onStall: (commandId: string, idleSeconds: number) => void;
  readonly #activity = new Map<string, Activity>();
  readonly #groups = new Map<string, string>();
  #ticker: NodeJS.Timeout | undefined;
  #retention: NodeJS.Timeout | undefined;
  #ticks = 0;
  #isBusy = false;

  constructor(
    service: CommandService,
    units: UnitManager,
    onStall: (commandId: string, idleSeconds: number) => void,
  ) {
    this.#service = service;
    this.#units = units;
    this.#onStall = onStall;
  }

  /** Begins to look. */
  open(spool: Spool): void {
    this.#retention = setInterval(() => {
      dropExpired(this.#service, spool);
    }, RETENTION_CHECK_MS);
    this.wake();
  }

  /** A command was started: looks every second until none runs. */
  wake(): void {
    this.#ticker ??= setInterval(() => {
      void this.#tick();
    }, TICK_MS);
  }

  /** A command ended: releases what it wrote last beyond its bound. */
  async ended(command: Command): Promise<void> {
    this.#activity.delete(command.id);
    this.#groups.delete(command.id);
    try {
      await command.releaseOutput();
    } catch (error) {
      // It may have been forgotten meanwhile; else the spool bound still holds.
      log('warn', 'output not released', { command_id: command.id, error: messageOf(error) });
    }
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.#ticker);
    clearInterval(this.#retention);
    this.#ticker = undefined;
  }

  async #tick(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#ticks += 1;
    try {
      const { running } = this.#service;
      if (running.length === 0) {
        clearInterval(this.#ticker);
        this.#ticker = undefined;
      }
      const isAsking = this.#ticks % ASK_TICKS === 0 && running.length > 0;
      const units = isAsking ? await this.#units.list(`${UNIT_PREFIX}*`) : undefined;
      for (const command of running) await this.#look(command, units);
    } catch (error) {
      // The service manager is restarting, for example: asked again later.
      log('warn', 'units not listed', { error: messageOf(error) });
    } finally {
      this.#isBusy = false;
    }
  }

  async #look(command: Command, units: UnitStates | undefined): Promise<void> {
    try {
      await command.releaseOutput();
      // It may have ended since the service manager was asked.
      if (units === undefined || command.result !== undefined) return;
      if (units.get(commandUnit(command.id))?.subState === 'running') {
        // The notice may have been lost.
        this.#service.announce(command);
        await this.#checkStall(command);
      } else {
        await this.#service.finisher.examine(command);
      }
    } catch (error) {
      // Full disk, service manager restarting: looked at again with the next tick.
      log('warn', 'command not checked', { command_id: command.id, error: messageOf(error) });
    }
  }

  async #checkStall(command: Command): Promise<void> {
    const now = performance.now();
    const bytes = command.stdout.size + command.stderr.size;
    let ticks = 0;
    for (const pid of processesOf(await this.#groupOf(command))) ticks += cpuTicksOf(pid);
    const last = this.#activity.get(command.id);
    if (last?.bytes !== bytes || last.ticks !== ticks) {
      this.#activity.set(command.id, { bytes, ticks, since: now, isTold: false });
      return;
    }
    const idleMs = now - last.since;
    if (last.isTold || idleMs < STALL_MS) return;
    this.#activity.set(command.id, { ...last, isTold: true });
    this.#onStall(command.id, Math.round(idleMs / 1000));
  }

  async #groupOf({ id }: Command): Promise<string> {
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    const group = (await this.#units.state(commandUnit(id)))?.controlGroup ?? '';
    if (group !== '') this.#groups.set(id, group);
    return group;
  }
}

/** Drops ended commands that nobody acknowledged within the retention time. */
export function dropExpired(service: CommandService, spool: Spool, now = Date.now()): void {
  for (const { id, result } of service.commands.values()) {
    if (result === undefined || now - Date.parse(result.finished_at) < RETENTION_MS) continue;
    log('info', 'command dropped: nobody acknowledged it', { command_id: id });
    spool.forget(id);
    service.commands.delete(id);
  }
}
