import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AgentsService } from '../agents/index.js';
import { AuditService } from '../audit/index.js';
import { AgentCallError } from '../platform/agent-client/index.js';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { newRowId, TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { decodeCursor, pageFrom } from '../platform/http/index.js';
import { SERVER_BEING_REMOVED, ServersService } from '../servers/index.js';
import { describeCommand } from './command-description.js';
import { CommandDispatcher } from './command-dispatcher.js';
import { CommandNews } from './command-news.js';
import { isSameRequest, refuseUnsendable } from './command-request.js';
import type { CommandRequest } from './command-request.js';
import type { Command, LeasedCommand } from './command.js';
import { CANCEL_PENDING, COMMAND_NOT_FOUND, IDEMPOTENCY_KEY_REUSED } from './commands.errors.js';
import { CommandsRepository } from './commands.repository.js';
import { requestFrom } from './commands.mapping.js';
import type {
  CancelReport,
  CommandDescription,
  CommandPage,
  CommandsQuery,
  CreateCommand,
} from './commands.schema.js';
import { ExecutionRepository } from './execution.repository.js';
import { InputsRepository } from './inputs.repository.js';

/** How long a cancel waits for a command that is just being sent, and for the result after it. */
const CANCEL_WAIT_MS = 10_000;

/** The rules of commands: accepted once, never lost, never run twice. */
@Injectable()
export class CommandsService {
  constructor(
    private readonly repository: CommandsRepository,
    private readonly executions: ExecutionRepository,
    private readonly inputs: InputsRepository,
    private readonly servers: ServersService,
    private readonly agents: AgentsService,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
    private readonly dispatcher: CommandDispatcher,
    private readonly news: CommandNews,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
  ) {}

  /**
   * Accepts a command: once this answers, it is stored and reaches a terminal state whatever crashes.
   * With an idempotency key the same request is accepted once and answers the first one's command.
   *
   * @throws AppError server_not_found, server_being_removed, command_too_large, idempotency_key_reused
   */
  async create(
    serverId: string,
    body: CreateCommand,
    actor: Actor,
    idempotencyKey: string | null,
  ): Promise<CommandDescription> {
    const request = requestFrom(body, this.config.commands.default_timeout_seconds);
    refuseUnsendable(request);
    const { command, claimed, isNew } = await this.transactions.run(async ({ manager }) => {
      const server = await this.servers.keep(manager, serverId);
      if (server.status === 'removing') throw beingRemoved();
      const id = newRowId();
      const inputId = await this.inputs.insert(manager, request);
      const isNew = await this.repository.insert(manager, {
        ...{ id, serverId, runId: null, actor, idempotencyKey, inputId },
        request: request.visible,
      });
      if (!isNew) {
        const first = await this.firstOf(manager, actor, idempotencyKey ?? '');
        await this.refuseOther(manager, first, serverId, request);
        return { command: first, claimed: [], isNew };
      }
      await this.record(manager, actor, 'command.run', id, {
        server_id: serverId,
        ...auditedRequest(request),
      });
      const claimed: readonly LeasedCommand[] = await this.dispatcher.claim(manager);
      const command = claimed.find((each) => each.id === id) ?? (await this.find(id, manager));
      return { command, claimed, isNew };
    });
    if (isNew) this.news.changed(command);
    this.dispatcher.launch(claimed);
    return describeCommand(command);
  }

  /** The command once it has ended, or as it is when the wait is over. @throws AppError command_not_found */
  async waitFor(id: string, seconds: number, signal: AbortSignal): Promise<CommandDescription> {
    const until = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
    const command = await this.news.until(id, ({ status }) => status === 'finished', until);
    if (!command) throw notFound(id);
    return describeCommand(command);
  }

  /** One command with its script. @throws AppError command_not_found */
  async get(id: string): Promise<CommandDescription> {
    const command = await this.find(id);
    return { ...describeCommand(command), script: await this.inputs.script(command.inputId) };
  }

  /** A page of commands, newest first. */
  async list(query: CommandsQuery): Promise<CommandPage> {
    const { limit, cursor } = query;
    const filter = {
      serverId: query.server_id,
      runId: query.run_id,
      statuses: query.status,
      outcomes: query.outcome,
      actorId: query.actor_id,
      from: query.from === undefined ? undefined : new Date(query.from),
      to: query.to === undefined ? undefined : new Date(query.to),
    };
    const before = cursor === undefined ? undefined : decodeCursor(cursor, 2);
    const rows = await this.repository.list(filter, limit + 1, before);
    const keyOf = ({ createdAt, id }: Command): string[] => [createdAt.toISOString(), id];
    const page = pageFrom(rows, limit, keyOf, describeCommand);
    return { ...page, items: [...page.items] };
  }

  /**
   * Ends a command's process tree and answers how many of its processes are left. A command that has
   * ended stays as it is.
   *
   * @throws AppError command_not_found; cancel_pending when the agent cannot be reached: the wish is
   *   stored and is carried out when it can
   */
  async cancel(id: string, graceSeconds: number, actor: Actor): Promise<CancelReport> {
    const graceMs = Math.round(graceSeconds * 1000);
    const cancelled = await this.transactions.run(async ({ manager }) => {
      const { serverId } = await this.find(id, manager);
      const command = await this.executions.requestCancel(manager, id, graceMs);
      if (command) {
        await this.record(manager, actor, 'command.cancel', id, { server_id: serverId });
      }
      return command;
    });
    if (!cancelled) return { command: describeCommand(await this.find(id)), processes_left: 0 };
    this.news.changed(cancelled);
    if (cancelled.status === 'finished') {
      this.dispatcher.kick();
      return { command: describeCommand(cancelled), processes_left: 0 };
    }
    return this.carryOutCancel(id, graceMs);
  }

  /** Asks for a cancel of every unfinished command of a run, in the background; answers how many. */
  async cancelRun(runId: string, graceSeconds: number, actor: Actor): Promise<number> {
    const rows = await this.repository.list(
      { runId, statuses: ['queued', 'starting', 'running'] },
      MOST_COMMANDS_OF_A_RUN,
    );
    // Queued ones first, or ending the running ones would start them.
    const inOrder = rows.sort(
      (a, b) => Number(b.status === 'queued') - Number(a.status === 'queued'),
    );
    for (const { id } of inOrder.filter(({ status }) => status === 'queued')) {
      await this.cancel(id, graceSeconds, actor);
    }
    for (const { id } of inOrder.filter(({ status }) => status !== 'queued')) {
      this.cancel(id, graceSeconds, actor).catch(ignorePendingCancel);
    }
    return rows.length;
  }

  private async carryOutCancel(id: string, graceMs: number): Promise<CancelReport> {
    const wait = AbortSignal.timeout(CANCEL_WAIT_MS);
    const sent = await this.news.until(id, ({ status }) => status !== 'starting', wait);
    if (!sent) throw notFound(id);
    if (sent.status === 'starting' || sent.status === 'queued') {
      throw cancelPending(sent.unreachableCause?.message ?? 'it was not reached yet');
    }
    if (sent.status === 'finished') return { command: describeCommand(sent), processes_left: 0 };
    const left = await this.callCancel(sent, graceMs);
    const end = AbortSignal.timeout(CANCEL_WAIT_MS);
    const ended = await this.news.until(id, ({ status }) => status === 'finished', end);
    return { command: describeCommand(ended ?? sent), processes_left: left };
  }

  private async callCancel({ id, serverId }: Command, graceMs: number): Promise<number> {
    try {
      const client = await this.agents.client(serverId);
      const params = { command_id: id, grace_ms: graceMs };
      const { processes_left: left } = await client.call('cancel_command', params, { retries: 1 });
      return left;
    } catch (error) {
      if (!(error instanceof AgentCallError)) throw error;
      const { rpcError, message } = error;
      // It ended, and was acknowledged, between the look and the call.
      if (rpcError === 'command_forgotten' || rpcError === 'command_not_found') return 0;
      throw cancelPending(message);
    }
  }

  private async find(id: string, manager?: EntityManager): Promise<Command> {
    const command = await this.repository.find(id, manager);
    if (!command) throw notFound(id);
    return command;
  }

  private async firstOf(manager: EntityManager, actor: Actor, key: string): Promise<Command> {
    const first = await this.repository.findByKey(manager, actor, key);
    if (!first) throw new Error('an idempotency key is taken but has no command');
    return first;
  }

  private async refuseOther(
    manager: EntityManager,
    first: Command,
    serverId: string,
    request: CommandRequest,
  ): Promise<void> {
    const input = await this.inputs.open(first.inputId, manager);
    const firstRequest = { visible: first.request, ...input };
    if (first.serverId === serverId && isSameRequest(firstRequest, request)) return;
    throw new AppError(
      IDEMPOTENCY_KEY_REUSED,
      'Another command was accepted with this key. Use a new key for a new command.',
      { command_id: first.id },
    );
  }

  private async record(
    manager: EntityManager,
    actor: Actor,
    action: string,
    id: string,
    details: Record<string, unknown>,
  ): Promise<void> {
    const object = { type: 'command', id };
    await this.audit.record(manager, { actor, action, object, outcome: 'success', details });
  }
}

const MOST_COMMANDS_OF_A_RUN = 10_000;

/** What the audit log keeps of a request: enough to know what was run, nothing hidden. */
export function auditedRequest({ visible }: CommandRequest): Record<string, unknown> {
  const { command, args, user, script_bytes: scriptBytes } = visible;
  return {
    command: command.slice(0, 500),
    arguments: args.slice(0, 20).map((argument) => argument.slice(0, 200)),
    argument_count: args.length,
    user,
    script_bytes: scriptBytes,
  };
}

function ignorePendingCancel(error: unknown): void {
  // Stored all the same; it is carried out when the agent answers, or the command has ended.
  if (!(error instanceof AppError)) throw error;
}

function notFound(id: string): AppError {
  return new AppError(COMMAND_NOT_FOUND, `There is no command with the id ${id}.`);
}

function beingRemoved(): AppError {
  return new AppError(SERVER_BEING_REMOVED, 'The server is being removed: it takes no commands.');
}

function cancelPending(reason: string): AppError {
  return new AppError(
    CANCEL_PENDING,
    `The cancel is stored and is carried out as soon as the agent answers. Now: ${reason}`,
  );
}
