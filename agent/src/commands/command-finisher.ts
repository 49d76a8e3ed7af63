import { closeSync, constants as fsConstants, openSync } from 'node:fs';
import { constants } from 'node:os';
import { commandUnit } from '@myx/protocol';
import type { CommandResult } from '@myx/protocol';
import { codeOf, log, messageOf } from '../log.ts';
import { isQueued } from '../systemd/unit-manager.ts';
import type { UnitManager, UnitState } from '../systemd/unit-manager.ts';
import type { Command } from './command.ts';
import { readEnding, signalName, writeEnding } from './ending.ts';
import type { Ending } from './ending.ts';
import { decide } from './outcome.ts';
import type { Verdict } from './outcome.ts';
import { isMarked, readIfPresent } from './spool.ts';
import type { Spool } from './spool.ts';
import { wasNeverExecuted } from './start-failure.ts';
import { ALL_COPIED, copyUnit } from './copier.ts';

/**
 * After its end a command's processes are gone and its output is in the spool within this: a little
 * more than systemd takes to kill what ignores SIGTERM. Milliseconds.
 */
const COPY_GRACE_MS = 13_000;
/** A service manager that cannot be reached is asked again to let a unit go. */
const RELEASE_ATTEMPTS = 30;
const RELEASE_PAUSE_MS = 1000;
const FIRST_LOOK_MS = 2;
const SLOWEST_LOOK_MS = 50;

/** Finds out that a command is over, and how, and stores it. */
export class CommandFinisher {
  readonly #spool: Spool;
  readonly #units: UnitManager;
  readonly #bootId: string;
  readonly #examining = new Map<string, Promise<void>>();
  readonly #onFinished: (command: Command, result: CommandResult) => void;

  constructor(
    spool: Spool,
    units: UnitManager,
    bootId: string,
    onFinished: (command: Command, result: CommandResult) => void,
  ) {
    this.#spool = spool;
    this.#units = units;
    this.#bootId = bootId;
    this.#onFinished = onFinished;
  }

  /** Asks the service manager whether a command is over, and if so finishes it. Never fails. */
  async examine(command: Command): Promise<void> {
    if (command.result !== undefined) return;
    const running = this.#examining.get(command.id);
    if (running !== undefined) {
      // What it was asked for may have happened after the other one looked.
      await running;
      if (this.#examining.has(command.id)) return;
    }
    const examination = this.#examine(command).catch((error: unknown) => {
      // The service manager is unreachable, for example: the monitor asks again.
      log('warn', 'command not examined', { command_id: command.id, error: messageOf(error) });
    });
    this.#examining.set(command.id, examination);
    await examination;
    this.#examining.delete(command.id);
  }

  /** Finishes a command of which nothing was started. */
  finishRejected(command: Command, reason: string): void {
    const verdict = { outcome: 'rejected', exit_code: null, signal: null, reason } as const;
    this.#store(command, verdict, undefined, { isIncomplete: false });
  }

  async #examine(command: Command): Promise<void> {
    if (command.result !== undefined) return;
    const found = await this.#findEnding(command);
    if (found === 'none yet') return;
    const ending = found === 'unknown' ? undefined : found;
    const isRebooted = await this.#isRebooted(command, ending);
    const isIncomplete = !(await this.#outputIsCopied(command, isRebooted));
    const isCancelled = isMarked(command.files.cancel);
    const verdict = decide({ ending, isCancelled, isRebooted });
    this.#store(command, verdict, ending, { isIncomplete });
  }

  /** Records how a unit ended before it is let go: from then on the record is all there is. */
  async #findEnding(command: Command): Promise<Ending | 'none yet' | 'unknown'> {
    const unit = commandUnit(command.id);
    const recorded = readEnding(command.files.ending);
    if (recorded !== undefined) {
      // By an agent, maybe, that was killed before it could let the unit go.
      void this.#release(unit);
      return recorded;
    }
    if (command.request.boot_id !== this.#bootId) return 'unknown';
    const state = await this.#units.state(unit);
    if (state === undefined) return 'unknown';
    if (!isOver(state)) return 'none yet';
    const ended = endingOf(state, command);
    // Asked before it is recorded: whoever reads the record may do so after the system came up again.
    const wasStopping = ended.signal !== null && (await this.#units.isStopping());
    const ending = { ...ended, wasStopping };
    try {
      writeEnding(command.files.ending, ending);
      // Not waited for: systemd may take a while to end processes that were left behind.
      void this.#release(unit);
    } catch (error) {
      // The unit then stays loaded, as the only record.
      log('warn', 'ending not recorded', { command_id: command.id, error: messageOf(error) });
    }
    return ending;
  }

  /** Lets a unit go, and with it ends the processes that were left behind. Never fails. */
  async #release(unit: string): Promise<void> {
    for (let attempt = 1; attempt <= RELEASE_ATTEMPTS; attempt += 1) {
      try {
        await this.#units.release(unit);
        return;
      } catch (error) {
        // The service manager is restarting, for example.
        log('warn', 'unit not released', { unit, error: messageOf(error) });
      }
      await new Promise((resolve) => setTimeout(resolve, RELEASE_PAUSE_MS));
    }
  }

  #store(
    command: Command,
    verdict: Verdict,
    ending: Ending | undefined,
    { isIncomplete }: { readonly isIncomplete: boolean },
  ): void {
    const { accepted_at: acceptedAt } = command.request;
    const startedAt = instant(ending?.startedAt) ?? acceptedAt;
    const result: CommandResult = {
      ...verdict,
      started_at: verdict.outcome === 'rejected' ? null : startedAt,
      finished_at: instant(ending?.exitedAt) ?? new Date().toISOString(),
      stdout_bytes: command.stdout.size,
      stderr_bytes: command.stderr.size,
      output_incomplete: isIncomplete,
    };
    try {
      this.#spool.finish(command.id, result);
    } catch (error) {
      // A full disk: the ending stays, and the same is decided from it after a restart.
      log('warn', 'result not stored', { command_id: command.id, error: messageOf(error) });
    }
    command.finish(result);
    this.#onFinished(command, result);
  }

  async #isRebooted(command: Command, ending: Ending | undefined): Promise<boolean> {
    if (command.request.boot_id !== this.#bootId) return true;
    return ending?.wasStopping ?? this.#units.isStopping();
  }

  /** Waits until all output is in the spool; false when some is known to be missing. */
  async #outputIsCopied(command: Command, isRebooted: boolean): Promise<boolean> {
    const deadline = performance.now() + COPY_GRACE_MS;
    for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(waitMs * 2, SLOWEST_LOOK_MS)) {
      const record = readIfPresent(command.files.outputRecord)?.trim() ?? '';
      if (record !== '') return record === ALL_COPIED;
      if (isRebooted) return false;
      if (performance.now() > deadline) break;
      wakeCopier(command);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    // A process outside the command's control group still holds a pipe, or the copier was killed.
    const unit = copyUnit(command.id);
    const isAlive = (await this.#units.state(unit)) !== undefined;
    await this.#units.kill(unit, constants.signals.SIGKILL);
    return isAlive;
  }
}

/** A unit that is kept loaded for its exit status is `active (exited)` or `failed`. */
function isOver(state: UnitState): boolean {
  const { activeState, subState } = state;
  if (isQueued(state)) return false;
  return ['failed', 'inactive'].includes(activeState) || subState === 'exited';
}

function endingOf({ ending }: UnitState, { request }: Command): Ending {
  const { result, wasActive, mainCode, mainStatus, startedAt, exitedAt } = ending;
  const { program, cwd } = request;
  return {
    result,
    // systemd may see a program end before it has noticed that it was executed.
    wasExecuted:
      wasActive ||
      mainCode > CLD_EXITED ||
      (mainCode === CLD_EXITED && !wasNeverExecuted(mainStatus, { program, cwd })),
    exitStatus: mainCode === CLD_EXITED ? mainStatus : null,
    signal: mainCode > CLD_EXITED ? signalName(mainStatus) : null,
    startedAt: startedAt > 0 ? startedAt : null,
    exitedAt: exitedAt > 0 ? exitedAt : null,
  };
}

/** `si_code` of a process that ended by itself (sigaction(2)); greater ones are killed and dumped. */
const CLD_EXITED = 1;

/**
 * Opens both pipes for writing for a moment. A copier that still waits for its first writer, because
 * the command ended before it got any output file, then finds the end of its input.
 */
function wakeCopier({ files }: Command): void {
  for (const pipe of [files.stdoutPipe, files.stderrPipe]) {
    try {
      closeSync(openSync(pipe, fsConstants.O_RDWR | fsConstants.O_NONBLOCK));
    } catch (error) {
      // Taken away already: the copier cannot be waiting for it.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

function instant(milliseconds: number | null | undefined): string | undefined {
  return typeof milliseconds === 'number' ? new Date(milliseconds).toISOString() : undefined;
}
