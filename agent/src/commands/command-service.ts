import { statfsSync } from 'node:fs';
import { constants } from 'node:os';
import { commandUnit } from '@myx/protocol';
import type {
  CommandLog,
  CommandResult,
  CommandState,
  ExecuteCommandParams,
  ParamsOf,
  ResultOf,
} from '@myx/protocol';
import { RpcError } from '../rpc/rpc-error.ts';
import { isQueued } from '../systemd/unit-manager.ts';
import type { UnitManager, UnitState } from '../systemd/unit-manager.ts';
import type { Command } from './command.ts';
import { CommandFinisher } from './command-finisher.ts';
import { CommandStarter } from './command-starter.ts';
import { processesOf } from './process-tree.ts';
import { requestDigest } from './request-digest.ts';
import { mark } from './spool.ts';
import type { Spool } from './spool.ts';
import type { StartRequest } from './start-request.ts';

/** What happens to commands, for whoever announces it. */
export interface CommandObserver {
  accepted(command: Command): void;
  started(commandId: string): void;
  finished(command: Command, result: CommandResult): void;
}

/** Bounds of the spool. */
export interface CommandBounds {
  /** Commands that run at the same time. */
  readonly running: number;
  /** Bytes of output kept on disk for all commands together. */
  readonly spoolBytes: number;
  /** Bytes that stay free on the file system. */
  readonly freeBytes: number;
}

/** Bounds of a production agent. */
export const COMMAND_BOUNDS: CommandBounds = {
  running: 64,
  spoolBytes: 1024 * 1024 * 1024,
  freeBytes: 1024 * 1024,
};

/** What a service is made of. */
export interface CommandServiceOptions {
  readonly spool: Spool;
  readonly units: UnitManager;
  readonly bootId: string;
  readonly observer: CommandObserver;
  readonly bounds: CommandBounds;
}

/** Most output bytes one answer carries, whatever the caller would take: it bounds the agent's memory. */
const ANSWER_BYTES = 512 * 1024;

/** The commands of this server: starts, reads, cancels, lists and forgets them. */
export class CommandService {
  readonly commands = new Map<string, Command>();
  readonly finisher: CommandFinisher;
  readonly #options: CommandServiceOptions;
  readonly #starter: CommandStarter;
  readonly #starting = new Map<string, { digest: string; state: Promise<CommandState> }>();

  /** What was last told of units while their commands were being started. */
  readonly #early = new Map<string, readonly [activeState: string, subState: string]>();

  constructor(options: CommandServiceOptions) {
    this.#options = options;
    const { spool, units, bootId, observer } = options;
    this.#starter = new CommandStarter(spool, units, bootId);
    this.finisher = new CommandFinisher(spool, units, bootId, (command, result) => {
      if (result.outcome !== 'rejected' && result.outcome !== 'lost') this.announce(command);
      observer.finished(command, result);
    });
  }

  /** Commands that have not ended. */
  get running(): Command[] {
    return [...this.commands.values()].filter(({ result }) => result === undefined);
  }

  /** Tells, once, that the program of a command runs. */
  announce(command: Command): void {
    if (command.isAnnounced) return;
    command.isAnnounced = true;
    this.#options.observer.started(command.id);
  }

  /** Begins to notice how commands end, and makes ready to start some. */
  async open(): Promise<void> {
    this.#options.units.listen(UNIT_PREFIX, (...change) => {
      this.#unitChanged(...change);
    });
    await this.#starter.prepare();
  }

  /** `execute_command`. */
  execute(params: ExecuteCommandParams): Promise<CommandState> {
    const digest = requestDigest(params);
    return this.start({ commandId: params.command_id, digest, plan: () => ({ params }) });
  }

  /** Starts a command, or answers the state of the one that the same request has started. */
  async start(request: StartRequest): Promise<CommandState> {
    const { commandId, digest } = request;
    const known = this.commands.get(commandId);
    if (known !== undefined) {
      if (known.request.request_sha256 !== digest) throw conflict(commandId);
      return known.state;
    }
    const starting = this.#starting.get(commandId);
    if (starting !== undefined) {
      if (starting.digest !== digest) throw conflict(commandId);
      return starting.state;
    }
    this.#admit(commandId);
    const state = this.#start(request).finally(() => {
      this.#starting.delete(commandId);
      this.#early.delete(commandId);
    });
    this.#starting.set(commandId, { digest, state });
    return state;
  }

  /** `get_command_log`. */
  async readLog(params: ParamsOf<'get_command_log'>): Promise<CommandLog> {
    const command = await this.#find(params.command_id);
    const { offsets } = params;
    await command.waitForNews(offsets, params.wait_ms);
    if (params.wait_ms > 0) await command.waitForEnd(Math.min(GATHER_MS, params.wait_ms));
    // Taken before the read: what is read afterwards is then surely all of it.
    const { result } = command;
    const maxBytes = Math.min(params.max_bytes, ANSWER_BYTES);
    const stdout = command.stdout.read(offsets.stdout, maxBytes);
    const stderr = command.stderr.read(offsets.stderr, maxBytes - stdout.bytes);
    const isRead =
      result !== undefined &&
      stdout.newOffset >= result.stdout_bytes &&
      stderr.newOffset >= result.stderr_bytes;
    return {
      command_id: command.id,
      chunks: [...stdout.chunks, ...stderr.chunks],
      new_offsets: { stdout: stdout.newOffset, stderr: stderr.newOffset },
      gaps: [...stdout.gaps, ...stderr.gaps],
      is_final: isRead,
      result: result ?? null,
    };
  }

  /** `cancel_command`. */
  async cancel(params: ParamsOf<'cancel_command'>): Promise<ResultOf<'cancel_command'>> {
    const command = await this.#find(params.command_id);
    const { units } = this.#options;
    const unit = commandUnit(command.id);
    const group = (await this.#begun(unit))?.controlGroup ?? '';
    const isGone = (): boolean => command.result !== undefined && processesOf(group).length === 0;
    if (command.result === undefined) {
      mark(command.files.cancel);
      await units.kill(unit, constants.signals.SIGTERM);
      await this.#waitUntil(isGone, command, params.grace_ms);
    }
    if (!isGone()) {
      await units.kill(unit, constants.signals.SIGKILL);
      await this.#waitUntil(isGone, command, KILL_WAIT_MS);
    }
    return { state: command.state, processes_left: processesOf(group).length };
  }

  /** `list_commands`. */
  list(): Promise<ResultOf<'list_commands'>> {
    const commands = [...this.commands.values()].map(({ state }) => state);
    commands.sort((a, b) => b.accepted_at.localeCompare(a.accepted_at));
    return Promise.resolve({ state_epoch: this.#options.spool.epoch, commands });
  }

  /** `forget_command`. */
  forget({ command_id: id }: ParamsOf<'forget_command'>): Promise<{ forgotten: true }> {
    const { spool } = this.#options;
    const command = this.commands.get(id);
    if (command === undefined) {
      if (!spool.tombstones.has(id)) throw notFound(id);
      return Promise.resolve({ forgotten: true });
    }
    if (command.result === undefined) {
      throw new RpcError('command_running', `Command ${id} still runs`);
    }
    spool.forget(id);
    this.commands.delete(id);
    return Promise.resolve({ forgotten: true });
  }

  #admit(id: string): void {
    const { spool, bounds } = this.#options;
    if (spool.tombstones.has(id)) throw forgotten(id);
    if (this.running.length + this.#starting.size >= bounds.running) {
      throw new RpcError('too_many_commands', `${bounds.running} commands run already`);
    }
    let used = 0;
    for (const { allocatedBytes } of this.commands.values()) used += allocatedBytes;
    if (used >= bounds.spoolBytes) {
      throw new RpcError('no_space', `The spool holds ${used} of ${bounds.spoolBytes} bytes`);
    }
    const { bavail, bsize } = statfsSync(spool.root);
    if (bavail * bsize < bounds.freeBytes) {
      throw new RpcError('no_space', `The file system of ${spool.root} is full`);
    }
  }

  async #start(request: StartRequest): Promise<CommandState> {
    const { command, rejection } = await this.#starter.start(request);
    this.commands.set(command.id, command);
    this.#options.observer.accepted(command);
    // Notices that it runs, or has ended, may have come before it was known here.
    const notice = this.#early.get(command.id);
    if (rejection !== undefined) this.finisher.finishRejected(command, rejection);
    else if (notice !== undefined) this.#commandChanged(command, ...notice);
    return command.state;
  }

  #unitChanged(unit: string, activeState: string, subState: string): void {
    const id = unit.slice(UNIT_PREFIX.length, -'.service'.length);
    const command = this.commands.get(id);
    if (command !== undefined) this.#commandChanged(command, activeState, subState);
    else if (this.#starting.has(id)) this.#early.set(id, [activeState, subState]);
  }

  #commandChanged(command: Command, activeState: string, subState: string): void {
    if (command.result !== undefined) return;
    if (activeState === 'active' && subState === 'running') this.announce(command);
    if (OVER.includes(subState)) void this.finisher.examine(command);
  }

  /** The unit once it has processes that a signal can reach: its start may still wait for its turn. */
  async #begun(unit: string): Promise<UnitState | undefined> {
    const { units } = this.#options;
    const deadline = performance.now() + KILL_WAIT_MS;
    for (;;) {
      const state = await units.state(unit);
      if (state === undefined || !isQueued(state) || performance.now() > deadline) return state;
      await new Promise((resolve) => setTimeout(resolve, GONE_POLL_MS));
    }
  }

  async #waitUntil(isOver: () => boolean, command: Command, waitMs: number): Promise<void> {
    const deadline = performance.now() + waitMs;
    for (let left = waitMs; left > 0 && !isOver(); left = deadline - performance.now()) {
      await command.waitForEnd(Math.min(END_POLL_MS, left));
      // Its result is there, but processes that need not hold its output open may not be gone yet.
      // Not waited for: that may take as long as processes that ignore SIGTERM hold its output open.
      if (command.result === undefined) void this.finisher.examine(command);
      else await new Promise((resolve) => setTimeout(resolve, GONE_POLL_MS));
    }
  }

  async #find(id: string): Promise<Command> {
    // One that is being started is not unknown: whoever asks would take it for one that never arrived.
    await this.#starting.get(id)?.state.catch(() => undefined);
    const command = this.commands.get(id);
    if (command !== undefined) return command;
    throw this.#options.spool.tombstones.has(id) ? forgotten(id) : notFound(id);
  }
}

/** How the units of commands begin. */
export const UNIT_PREFIX = 'myx-command-';

/** Sub-states of a service in which its main process is gone (systemctl(1), `--state=help`). */
const OVER = ['exited', 'failed', 'dead'];

const KILL_WAIT_MS = 10_000;
/** A long poll that has seen output waits a little for more, so that a busy stream costs few calls. */
const GATHER_MS = 8;
const END_POLL_MS = 250;
const GONE_POLL_MS = 10;

function conflict(id: string): RpcError {
  return new RpcError('command_conflict', `Command ${id} is known with another request`);
}

function forgotten(id: string): RpcError {
  return new RpcError('command_forgotten', `Command ${id} was acknowledged and dropped`);
}

function notFound(id: string): RpcError {
  return new RpcError('command_not_found', `There is no command ${id}`);
}
