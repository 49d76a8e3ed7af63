import { constants } from 'node:os';
import { writeFileSync } from 'node:fs';
import { commandUnit, LIMITS } from '@myx/protocol';
import type { ExecuteCommandParams } from '@myx/protocol';
import { codeOf, log, messageOf } from '../log.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { UnitExists, UnitRefused, UnitUnanswered } from '../systemd/unit-manager.ts';
import type { UnitManager } from '../systemd/unit-manager.ts';
import { Command } from './command.ts';
import { environmentFile } from './environment-file.ts';
import { PipeStock } from './pipe-stock.ts';
import { DEFAULT_PATH, findProgram } from './program-lookup.ts';
import { mark, writeScript } from './spool.ts';
import type { CommandFiles, Spool } from './spool.ts';
import type { CommandPlan, StartRequest } from './start-request.ts';
import { copyUnit } from './copier.ts';
import { commandProperties, copyProperties } from './unit-properties.ts';
import { findAccount, ROOT_ACCOUNT } from './user-account.ts';
import type { UserAccount } from './user-account.ts';

/** A command that was started, or that turned out to be impossible to start. */
export interface StartAttempt {
  readonly command: Command;
  /** Why nothing was started; undefined when it was. */
  readonly rejection: string | undefined;
}

/** A copier that is left over must be gone within this, milliseconds. */
const LEFTOVER_MS = 10_000;
const LEFTOVER_POLL_MS = 20;

/** Puts a command into the spool and has the service manager start it. */
export class CommandStarter {
  readonly #spool: Spool;
  readonly #units: UnitManager;
  readonly #pipes: PipeStock;
  readonly #bootId: string;

  constructor(spool: Spool, units: UnitManager, bootId: string) {
    this.#spool = spool;
    this.#units = units;
    this.#pipes = new PipeStock(spool.pipesDirectory);
    this.#bootId = bootId;
  }

  /** Makes ready what can be made ready before a command arrives. */
  async prepare(): Promise<void> {
    await this.#pipes.fill();
  }

  /**
   * Starts a command that is not in the spool.
   *
   * @throws RpcError `start_failed` when the service manager refused, `no_space` when the disk is full;
   * nothing ran and nothing is left then
   */
  async start(request: StartRequest): Promise<StartAttempt> {
    try {
      return await this.#start(request);
    } catch (error) {
      if (error instanceof UnitRefused) {
        throw new RpcError('start_failed', `The service manager refused: ${error.message}`);
      }
      if (codeOf(error) === 'ENOSPC') {
        throw new RpcError('no_space', `The file system of ${this.#spool.root} is full`);
      }
      throw error;
    }
  }

  async #start({ commandId, digest, plan }: StartRequest): Promise<StartAttempt> {
    const files = this.#spool.files(commandId);
    const planned = plan(files);
    const { params } = planned;
    const account = params.user === undefined ? ROOT_ACCOUNT : await findAccount(params.user);
    const program = findProgram(params.command, params.env?.PATH ?? DEFAULT_PATH);
    const request = {
      command_id: commandId,
      request_sha256: digest,
      accepted_at: new Date().toISOString(),
      boot_id: this.#bootId,
      timeout: params.timeout,
      output_bytes: params.limits?.output_bytes ?? LIMITS.streamBytes,
      program: program ?? '',
      ...(params.cwd === undefined ? {} : { cwd: params.cwd }),
    };
    const created = this.#spool.create(request);
    if (created === undefined) throw new Error(`${commandId} is spooled but not known`);
    const command = new Command(request, files);
    const rejection = planned.rejection ?? rejectionOf(params, account, program);
    if (account === undefined || program === undefined || rejection !== undefined) {
      await created.durable;
      return { command, rejection };
    }
    try {
      await this.#run({ ...planned, program, account, command }, created.durable);
      return { command, rejection: undefined };
    } catch (error) {
      // Nothing ran, so nothing may remember that it did.
      await created.durable.catch(() => undefined);
      await this.discard(commandId);
      throw error;
    }
  }

  /** Removes what an attempt that started nothing has left. */
  async discard(commandId: string): Promise<void> {
    try {
      await this.#units.kill(copyUnit(commandId), constants.signals.SIGKILL);
    } catch (error) {
      // The service manager is unreachable; a copier without a command does no harm.
      log('warn', 'copier not ended', { command_id: commandId, error: messageOf(error) });
    }
    this.#spool.remove(commandId);
  }

  async #run(startable: Startable, durable: Promise<void>): Promise<void> {
    const {
      params,
      program,
      command: { files, id },
    } = startable;
    this.#writeInputs(startable, files);
    await this.#pipes.take(files.stdoutPipe, files.stderrPipe);
    const copying = this.#startCopier(id, files);
    // It may fail while the directory is being made durable; the failure is looked at below.
    copying.catch(() => undefined);
    await durable;
    mark(files.starting);
    const running = this.#startUnit(commandUnit(id), commandProperties({ params, program, files }));
    const [copied, started] = await Promise.allSettled([copying, running]);
    if (mayRun(started)) return;
    if (started.status === 'rejected') throw asError(started.reason);
    if (copied.status === 'rejected' && !mayRun(copied)) {
      // Nobody reads its pipes, so it waits to be executed for ever.
      await this.#units.kill(commandUnit(id), constants.signals.SIGKILL);
      throw asError(copied.reason);
    }
  }

  /** Starts the copier of a command's output. One of that name reads pipes that are gone: it is ended. */
  async #startCopier(id: string, files: CommandFiles): Promise<void> {
    const unit = copyUnit(id);
    const deadline = performance.now() + LEFTOVER_MS;
    for (;;) {
      try {
        await this.#units.startTransient(unit, copyProperties(id, files));
        return;
      } catch (error) {
        // Left by an attempt that started nothing, and killed a moment ago, maybe.
        if (!(error instanceof UnitExists)) throw error;
        if (performance.now() > deadline) throw new UnitRefused(error.message, { cause: error });
      }
      await this.#units.kill(unit, constants.signals.SIGKILL);
      await new Promise((resolve) => setTimeout(resolve, LEFTOVER_POLL_MS));
    }
  }

  async #startUnit(...start: Parameters<UnitManager['startTransient']>): Promise<void> {
    try {
      await this.#units.startTransient(...start);
    } catch (error) {
      // Started before, by an agent that was killed before it could remember.
      if (!(error instanceof UnitExists)) throw error;
    }
  }

  #writeInputs({ params, variables, account }: Startable, files: CommandFiles): void {
    const environment = { HOME: account.home, ...params.env };
    writeFileSync(files.environment, environmentFile(environment), { mode: 0o600 });
    if (variables !== undefined) writeFileSync(files.variables, variables, { mode: 0o600 });
    if (params.stdin !== undefined) {
      writeFileSync(files.stdin, Buffer.from(params.stdin, 'base64'), { mode: 0o600 });
    }
    if (params.script !== undefined) {
      const body = Buffer.from(params.script, 'base64');
      writeScript(files.script, body, account);
    }
  }
}

interface Startable extends CommandPlan {
  readonly program: string;
  readonly account: UserAccount;
  readonly command: Command;
}

function rejectionOf(
  { user, command }: ExecuteCommandParams,
  account: UserAccount | undefined,
  program: string | undefined,
): string | undefined {
  if (account === undefined) return `there is no user ${user ?? 'root'}`;
  if (program !== undefined) return undefined;
  return command.includes('/')
    ? `${command} is neither an absolute path nor a name without slash`
    : `there is no program ${command} in PATH`;
}

/** Whether nobody knows if a unit was started. Who looks after commands will see. */
function mayRun(start: PromiseSettledResult<void>): boolean {
  const isUnanswered = start.status === 'rejected' && start.reason instanceof UnitUnanswered;
  if (isUnanswered) log('warn', 'start not answered', { error: messageOf(start.reason) });
  return isUnanswered;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
