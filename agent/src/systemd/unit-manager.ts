import type { DbusVariant } from './dbus-values.ts';

/** A property of a unit: its name on D-Bus (org.freedesktop.systemd1(5)) and its typed value. */
export type UnitProperty = readonly [name: string, value: DbusVariant];

/** What is known of a loaded unit. */
export interface UnitState {
  /** `active`, `activating`, `deactivating`, `inactive`, `failed` ... */
  readonly activeState: string;
  /** `running`, `exited` ... */
  readonly subState: string;
  /** A job such as its start has not been carried out yet. */
  readonly hasJob: boolean;
  /** Path of its control group, empty when it has none. */
  readonly controlGroup: string;
  /** How it ended; meaningful once it did. */
  readonly ending: UnitEnding;
}

/** How a unit ended. */
export interface UnitEnding {
  /** `Result` of systemd.service(5). */
  readonly result: string;
  /** Whether it was ever active: for `Type=exec`, whether the program was executed. */
  readonly wasActive: boolean;
  /** `si_code` of sigaction(2): 1 exited, 2 killed, 3 dumped; 0 when there was no process. */
  readonly mainCode: number;
  /** Exit status or signal number, depending on `mainCode`. */
  readonly mainStatus: number;
  /** Of the main process; milliseconds since 1970, 0 when it did not happen. */
  readonly startedAt: number;
  readonly exitedAt: number;
}

/** Whether a unit's start is asked for but waits for its turn: it has no processes yet. */
export function isQueued({ activeState, hasJob }: UnitState): boolean {
  return hasJob && activeState === 'inactive';
}

/** Called when the active state of a unit changed. */
export type UnitListener = (unit: string, activeState: string, subState: string) => void;

/** A unit of that name is loaded already: it was started before. */
export class UnitExists extends Error {
  override readonly name = 'UnitExists';
}

/** The service manager refused, or cannot be reached. Nothing was started. */
export class UnitRefused extends Error {
  override readonly name = 'UnitRefused';
}

/** The service manager was asked and did not answer: whether it has started the unit is not known. */
export class UnitUnanswered extends Error {
  override readonly name = 'UnitUnanswered';
}

/**
 * The service manager. A port because the real one is a machine: it runs units, and it is the second
 * arbiter (after mkdir) of a command starting once, since it loads a unit name only once.
 */
export abstract class UnitManager {
  /**
   * Has `listener` told of units whose name starts with `prefix`. Notices may get lost when the
   * connection breaks; so whoever must know asks now and then as well.
   */
  abstract listen(prefix: string, listener: UnitListener): void;

  /**
   * Starts a transient service without waiting for it.
   *
   * @throws UnitExists, UnitRefused or UnitUnanswered
   */
  abstract startTransient(unit: string, properties: readonly UnitProperty[]): Promise<void>;

  /** Sends a signal to every process of a unit. A unit that is not loaded is fine. */
  abstract kill(unit: string, signal: number): Promise<void>;

  /** State of a unit, or undefined when it is not loaded. */
  abstract state(unit: string): Promise<UnitState | undefined>;

  /** Names of all loaded units that match a pattern such as `myx-*`, with their states. */
  abstract list(
    pattern: string,
  ): Promise<ReadonlyMap<string, Pick<UnitState, 'activeState' | 'subState'>>>;

  /**
   * Lets go of a unit that was kept loaded for its exit status, and ends what is left of its processes.
   * Does not wait. A unit that is not loaded is fine.
   */
  abstract release(unit: string): Promise<void>;

  /** Whether the whole system is going down. */
  abstract isStopping(): Promise<boolean>;

  /** Version of the service manager, for example `252 (252.39-1~deb12u2)`. */
  abstract version(): Promise<string>;
}
