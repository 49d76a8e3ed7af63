import { writeFileSync } from 'node:fs';
import { commandUnit } from '@myx/protocol';
import type { CommandResult } from '@myx/protocol';
import { CommandService } from '../../agent/src/commands/command-service.ts';
import type { CommandBounds } from '../../agent/src/commands/command-service.ts';
import { ALL_COPIED } from '../../agent/src/commands/copier.ts';
import { recoverCommands } from '../../agent/src/commands/recovery.ts';
import { Spool } from '../../agent/src/commands/spool.ts';
import {
  UnitExists,
  UnitManager,
  UnitRefused,
  UnitUnanswered,
} from '../../agent/src/systemd/unit-manager.ts';
import type {
  UnitListener,
  UnitProperty,
  UnitState,
} from '../../agent/src/systemd/unit-manager.ts';

/** A service manager that loads units, runs nothing, and ends them when it is told to. */
export class FakeUnitManager extends UnitManager {
  readonly units = new Map<string, UnitState>();
  readonly starts: string[] = [];
  /** Units whose state was asked for. */
  readonly asked: string[] = [];
  refuses = false;
  /** Starts units and does not say so. */
  isSilent = false;
  /** The whole system is. */
  isGoingDown = false;
  /** Called before a unit is let go. */
  beforeRelease: () => void = () => undefined;
  /** Asked of every start before it is carried out. */
  beforeStart: (unit: string) => Promise<void> = () => Promise.resolve();
  /** Started units wait for their turn until {@link begin}. */
  isBusy = false;
  /** Killed copiers take a while to go. */
  copiersLinger = false;
  /** Cannot be reached to let units go, so many times. */
  failingReleases = 0;
  #listener: UnitListener = () => undefined;

  override listen(_prefix: string, listener: UnitListener): void {
    this.#listener = listener;
  }

  override async startTransient(unit: string, _properties: readonly UnitProperty[]): Promise<void> {
    await this.beforeStart(unit);
    if (this.refuses) throw new UnitRefused('out of order');
    if (this.units.has(unit)) throw new UnitExists(unit);
    this.starts.push(unit);
    this.units.set(unit, { ...(this.isBusy ? queued : running) });
    if (this.isSilent) throw new UnitUnanswered('no reply');
  }

  override kill(unit: string, signal: number): Promise<void> {
    const killed = this.units.get(unit);
    const gone = (): void => {
      if (this.units.get(unit) === killed) this.units.delete(unit);
    };
    if (unit.startsWith('myx-output-')) {
      if (this.copiersLinger) setTimeout(gone, 100);
      else gone();
    } else if (this.units.get(unit)?.subState === 'running') this.end(unit, 2, signal);
    return Promise.resolve();
  }

  override state(unit: string): Promise<UnitState | undefined> {
    this.asked.push(unit);
    return Promise.resolve(this.units.get(unit));
  }

  override list(): Promise<ReadonlyMap<string, UnitState>> {
    return Promise.resolve(this.units);
  }

  override release(unit: string): Promise<void> {
    this.beforeRelease();
    this.failingReleases -= 1;
    if (this.failingReleases >= 0) return Promise.reject(new Error('out of reach'));
    this.units.delete(unit);
    return Promise.resolve();
  }

  override isStopping(): Promise<boolean> {
    return Promise.resolve(this.isGoingDown);
  }

  override version(): Promise<string> {
    return Promise.resolve('252');
  }

  /** Gives a unit its turn, and tells so. */
  begin(unit: string): void {
    this.units.set(unit, running);
    this.#listener(unit, 'active', 'running');
  }

  /** Ends the main process of a unit and tells so. */
  end(unit: string, mainCode: number, mainStatus: number): void {
    const ending = { ...running.ending, mainCode, mainStatus, exitedAt: Date.now() };
    this.units.set(unit, { ...running, subState: 'exited', ending });
    this.#listener(unit, 'active', 'exited');
  }
}

const running: UnitState = {
  activeState: 'active',
  subState: 'running',
  hasJob: false,
  controlGroup: '',
  ending: {
    result: 'success',
    wasActive: true,
    mainCode: 0,
    mainStatus: 0,
    startedAt: Date.now(),
    exitedAt: 0,
  },
};

const queued: UnitState = {
  ...running,
  activeState: 'inactive',
  subState: 'dead',
  hasJob: true,
  ending: { ...running.ending, wasActive: false, startedAt: 0 },
};

/** An agent's commands without an agent; `restart` forgets everything that is not on disk. */
export class CommandBench {
  readonly units = new FakeUnitManager();
  /** Ids of the commands that were told to run. */
  readonly started: string[] = [];
  readonly finished: [string, CommandResult][] = [];
  spool: Spool;
  service: CommandService;

  readonly root: string;
  readonly bounds: CommandBounds;

  constructor(root: string, bounds: CommandBounds) {
    this.root = root;
    this.bounds = bounds;
    this.spool = new Spool(root);
    this.service = this.#serve('boot-1');
  }

  async restart(bootId = 'boot-1'): Promise<void> {
    this.spool = new Spool(this.root);
    this.service = this.#serve(bootId);
    await this.service.open();
    const { finisher, commands } = this.service;
    await recoverCommands({ spool: this.spool, units: this.units, bootId, finisher, commands });
  }

  /** Ends a command as its program would: output copied, status known to the service manager. */
  async end(id: string, status: number): Promise<void> {
    writeFileSync(this.spool.files(id).outputRecord, ALL_COPIED);
    this.units.end(commandUnit(id), 1, status);
    await this.service.commands.get(id)?.waitForEnd(30_000);
  }

  #serve(bootId: string): CommandService {
    return new CommandService({
      spool: this.spool,
      units: this.units,
      bootId,
      bounds: this.bounds,
      observer: {
        accepted: () => undefined,
        started: (id) => this.started.push(id),
        finished: ({ id }, result) => this.finished.push([id, result]),
      },
    });
  }
}
