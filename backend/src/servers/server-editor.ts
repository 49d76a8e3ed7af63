import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { decodeCursor, encodeCursor } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { ServerLogins } from './server-logins.js';
import { CONNECTION_MISMATCH, SERVER_BEING_REMOVED } from './servers.errors.js';
import type { ServerChanges } from './servers.repository.js';
import { labelsOf, serverDetailsOf, serverSummaryOf, transitionOf } from './servers.schema.js';
import type {
  ServerDetails,
  ServerPage,
  ServerQuery,
  TransitionPage,
  TransitionQuery,
  UpdateServer,
} from './servers.schema.js';
import { ServersService } from './servers.service.js';

/** Shows servers to people and carries out their changes. */
@Injectable()
export class ServerEditor {
  constructor(
    private readonly servers: ServersService,
    private readonly logins: ServerLogins,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
  ) {}

  /** A page of servers, sorted by name. */
  async list({ limit, cursor, search, label, status }: ServerQuery): Promise<ServerPage> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0];
    const statuses = typeof status === 'string' ? [status] : status;
    const filter = { search, labels: labelsOf(label), statuses };
    const rows = await this.servers.list(filter, limit + 1, after);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(serverSummaryOf),
      next_cursor: rows.length > limit && last ? encodeCursor([last.name]) : null,
    };
  }

  /** @throws AppError server_not_found */
  async details(id: string): Promise<ServerDetails> {
    return this.transactions.run(async ({ manager }) => {
      const server = await this.servers.get(id, manager);
      return serverDetailsOf(server, await this.logins.describe(manager, server));
    });
  }

  /** A page of a server's history, newest first. @throws AppError server_not_found */
  async transitions(id: string, { limit, cursor }: TransitionQuery): Promise<TransitionPage> {
    const [at, transitionId] = cursor === undefined ? [] : decodeCursor(cursor, 2);
    const before =
      at === undefined || transitionId === undefined ? undefined : ([at, transitionId] as const);
    const rows = await this.servers.transitions(id, limit + 1, before);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(transitionOf),
      next_cursor:
        rows.length > limit && last ? encodeCursor([last.at.toISOString(), last.id]) : null,
    };
  }

  /** @throws AppError server_not_found, server_name_taken, server_being_removed, connection_mismatch */
  async update(id: string, update: UpdateServer, actor: Actor): Promise<ServerDetails> {
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const server = await this.servers.lock(manager, id);
      if (server.status === 'removing') {
        throw new AppError(SERVER_BEING_REMOVED, `“${server.name}” is being removed.`);
      }
      if (update.host !== undefined && server.connection === 'local') {
        throw new AppError(
          CONNECTION_MISMATCH,
          'This server is the manager’s own machine; it has no other address.',
        );
      }
      const login = update.ssh ? await this.logins.change(manager, server, update.ssh) : {};
      await this.servers.update(manager, id, { ...columnsOf(update), ...login });
      await this.audit.record(manager, {
        actor,
        action: 'server.update',
        object: { type: 'server', id, name: server.name },
        outcome: 'success',
        details: { changed: Object.keys(update), ssh: Object.keys(update.ssh ?? {}) },
      });
      transaction.afterCommit(() => this.servers.announce(id));
    });
    return this.details(id);
  }
}

function columnsOf({ name, host, labels, heartbeat }: UpdateServer): ServerChanges {
  return {
    ...(name === undefined ? {} : { name }),
    ...(host === undefined ? {} : { host }),
    ...(labels === undefined ? {} : { labels }),
    ...(heartbeat === undefined
      ? {}
      : {
          heartbeatMinSeconds: heartbeat?.min_interval_seconds ?? null,
          heartbeatMaxSeconds: heartbeat?.max_interval_seconds ?? null,
        }),
  };
}
