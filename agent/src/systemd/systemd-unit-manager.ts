import { log, messageOf } from '../log.ts';
import { DbusConnection, DbusError } from './dbus-connection.ts';
import { asText } from './dbus-values.ts';
import type { DbusMessage } from './dbus-message.ts';
import type { DbusValue, DbusVariant } from './dbus-values.ts';
import { UnitExists, UnitManager, UnitRefused, UnitUnanswered } from './unit-manager.ts';
import type { UnitListener, UnitProperty, UnitState } from './unit-manager.ts';

const DESTINATION = 'org.freedesktop.systemd1';
const MANAGER_PATH = '/org/freedesktop/systemd1';
const UNIT_PATH = '/org/freedesktop/systemd1/unit/';
const MANAGER = 'org.freedesktop.systemd1.Manager';
const UNIT = 'org.freedesktop.systemd1.Unit';
const SERVICE = 'org.freedesktop.systemd1.Service';
const PROPERTIES = 'org.freedesktop.DBus.Properties';

/** Where systemd may be reached. */
export interface SystemdSocket {
  readonly path: string;
  /** Whether it is that of a message bus. */
  readonly isBus: boolean;
}

/**
 * systemd's own socket, which systemctl uses too, needs no message bus; the system bus is the fallback.
 */
const SOCKETS: readonly SystemdSocket[] = [
  { path: '/run/systemd/private', isBus: false },
  { path: '/run/dbus/system_bus_socket', isBus: true },
];

const IDLE_CLOSE_MS = 60_000;

/** Talks to systemd over D-Bus: no process is started for it. Connects when needed, lets go when idle. */
export class SystemdUnitManager extends UnitManager {
  readonly #sockets: readonly SystemdSocket[];
  #connection: Promise<DbusConnection> | undefined;
  #prefix = '';
  #listener: UnitListener = () => undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(sockets: readonly SystemdSocket[] = SOCKETS) {
    super();
    this.#sockets = sockets;
  }

  override listen(prefix: string, listener: UnitListener): void {
    this.#prefix = UNIT_PATH + pathLabel(prefix);
    this.#listener = listener;
  }

  override async startTransient(unit: string, properties: readonly UnitProperty[]): Promise<void> {
    try {
      await this.#connected();
    } catch (error) {
      throw new UnitRefused(messageOf(error), { cause: error });
    }
    try {
      await this.#call('StartTransientUnit', 'ssa(sv)a(sa(sv))', [unit, 'fail', properties, []]);
    } catch (error) {
      if (error instanceof DbusError && error.errorName.endsWith('.UnitExists')) {
        throw new UnitExists(messageOf(error), { cause: error });
      }
      if (error instanceof DbusError && error.errorName === '') {
        throw new UnitUnanswered(messageOf(error), { cause: error });
      }
      throw new UnitRefused(messageOf(error), { cause: error });
    }
  }

  override async kill(unit: string, signal: number): Promise<void> {
    // NoSuchUnit, or no processes left in it: what was asked for.
    await this.#callUnlessRefused('KillUnit', 'ssi', [unit, 'all', signal]);
  }

  override async release(unit: string): Promise<void> {
    // One of the two applies, depending on whether it failed.
    await Promise.all([
      this.#callUnlessRefused('StopUnit', 'ss', [unit, 'replace']),
      this.#callUnlessRefused('ResetFailedUnit', 's', [unit]),
    ]);
  }

  override async state(unit: string): Promise<UnitState | undefined> {
    const path = UNIT_PATH + pathLabel(unit);
    // Asking for a unit's path loads the unit, and one that was never there is then `not-found`.
    const get = (owner: string, name: string): Promise<DbusValue> =>
      this.#property(path, owner, name);
    try {
      const [loadState, activeState, subState, job, activeEnter, controlGroup, ...ending] =
        await Promise.all([
          get(UNIT, 'LoadState'),
          get(UNIT, 'ActiveState'),
          get(UNIT, 'SubState'),
          get(UNIT, 'Job'),
          get(UNIT, 'ActiveEnterTimestampMonotonic'),
          get(SERVICE, 'ControlGroup'),
          get(SERVICE, 'Result'),
          get(SERVICE, 'ExecMainCode'),
          get(SERVICE, 'ExecMainStatus'),
          get(SERVICE, 'ExecMainStartTimestamp'),
          get(SERVICE, 'ExecMainExitTimestamp'),
        ]);
      const [result, mainCode, mainStatus, startedAt, exitedAt] = ending;
      if (loadState === 'not-found') return undefined;
      return {
        activeState: asText(activeState),
        subState: asText(subState),
        hasJob: (job as readonly [number, string])[0] !== 0,
        controlGroup: asText(controlGroup),
        ending: {
          result: asText(result),
          wasActive: Number(activeEnter) > 0,
          mainCode: Number(mainCode),
          mainStatus: Number(mainStatus),
          // systemd counts microseconds.
          startedAt: Number(startedAt) / 1000,
          exitedAt: Number(exitedAt) / 1000,
        },
      };
    } catch (error) {
      // It is not loaded, or was unloaded between two of the questions.
      if (error instanceof DbusError && error.errorName !== '') return undefined;
      throw error;
    }
  }

  override async list(
    pattern: string,
  ): Promise<ReadonlyMap<string, Pick<UnitState, 'activeState' | 'subState'>>> {
    const [units] = await this.#call('ListUnitsByPatterns', 'asas', [[], [pattern]]);
    return new Map(
      (units as readonly (readonly string[])[]).map(
        ([name = '', , , activeState = '', subState = '']) => [name, { activeState, subState }],
      ),
    );
  }

  override async isStopping(): Promise<boolean> {
    return (await this.#property(MANAGER_PATH, MANAGER, 'SystemState')) === 'stopping';
  }

  override async version(): Promise<string> {
    return asText(await this.#property(MANAGER_PATH, MANAGER, 'Version'));
  }

  async #property(path: string, owner: string, name: string): Promise<DbusValue> {
    const connection = await this.#connected();
    const [value] = await connection.call({
      destination: DESTINATION,
      path,
      interface: PROPERTIES,
      member: 'Get',
      signature: 'ss',
      body: [owner, name],
    });
    return (value as DbusVariant).value;
  }

  async #callUnlessRefused(
    member: string,
    signature: string,
    body: readonly DbusValue[],
  ): Promise<void> {
    try {
      await this.#call(member, signature, body);
    } catch (error) {
      // An error reply is an answer; without a name it is a broken connection.
      if (!(error instanceof DbusError) || error.errorName === '') throw error;
    }
  }

  async #call(
    member: string,
    signature: string,
    body: readonly DbusValue[],
  ): Promise<readonly DbusValue[]> {
    const connection = await this.#connected();
    return connection.call({
      destination: DESTINATION,
      path: MANAGER_PATH,
      interface: MANAGER,
      member,
      signature,
      body,
    });
  }

  async #connected(): Promise<DbusConnection> {
    this.#postponeClose();
    const last = this.#connection;
    // An attempt that failed is no reason not to try again.
    const current = await last?.catch(() => undefined);
    if (current?.isOpen === true) return current;
    // All who come at the same time share one connection: answers in the order of the questions, and
    // none that nobody closes.
    if (this.#connection === last) this.#connection = undefined;
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  async #connect(): Promise<DbusConnection> {
    const failures: string[] = [];
    for (const { path, isBus } of this.#sockets) {
      try {
        const connection = await DbusConnection.open(path, (signal) => {
          this.#changed(signal);
        });
        if (isBus) await connection.call(HELLO);
        await connection.call(SUBSCRIBE);
        return connection;
      } catch (error) {
        // The next socket may do; all reasons are told together when none does.
        failures.push(messageOf(error));
      }
    }
    log('error', 'service manager unreachable', { reasons: failures.join('; ') });
    throw new DbusError('', `systemd cannot be reached: ${failures.join('; ')}`);
  }

  #changed({ member, path, body }: DbusMessage): void {
    if (member !== 'PropertiesChanged' || this.#prefix === '') return;
    if (!path.startsWith(this.#prefix) || body.read('s') !== UNIT) return;
    const values = new Map(body.read('a{sv}') as readonly (readonly [string, DbusVariant])[]);
    this.#listener(
      unitName(path.slice(UNIT_PATH.length)),
      asText(values.get('ActiveState')?.value ?? ''),
      asText(values.get('SubState')?.value ?? ''),
    );
  }

  /** While it is connected systemd sends every change of every unit, so an idle agent is not. */
  #postponeClose(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => {
      void this.#connection?.then(
        (connection) => {
          connection.close();
        },
        () => undefined,
      );
      this.#connection = undefined;
    }, IDLE_CLOSE_MS);
    this.#idleTimer.unref();
  }
}

/**
 * A unit name as the last label of its object path: all but letters and digits, and a digit in front, as
 * `_` and two hexadecimal digits.
 */
export function pathLabel(name: string): string {
  return name.replace(/[^A-Za-z0-9]|^[0-9]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return `_${code}`;
  });
}

/** The unit name that {@link pathLabel} made a label of. */
export function unitName(label: string): string {
  return label.replace(/_([0-9a-f]{2})/g, (_whole, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

const SUBSCRIBE = {
  destination: DESTINATION,
  path: MANAGER_PATH,
  interface: MANAGER,
  member: 'Subscribe',
  signature: '',
  body: [],
} as const;

const HELLO = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
  signature: '',
  body: [],
} as const;
