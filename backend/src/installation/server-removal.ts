import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/index.js';
import { OperationsService } from '../operations/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { ServersService } from '../servers/index.js';
import { SERVER_BUSY } from './installation.errors.js';
import { InstallationOperations, REMOVE_SERVER } from './installation.operations.js';
import type { RemoveServerQuery, ServerRemoval } from './installation.schema.js';

/** Removes servers, with their agents or without. */
@Injectable()
export class ServerRemover {
  constructor(
    private readonly servers: ServersService,
    private readonly operations: OperationsService,
    private readonly installation: InstallationOperations,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
  ) {}

  /**
   * Removes a server: by an operation that first removes its agent, or the record alone and at once.
   *
   * @throws AppError server_not_found; connection_mismatch when there is no login to uninstall with;
   *   server_busy when the record alone is to be removed while an operation works on it.
   */
  async remove(id: string, query: RemoveServerQuery, actor: Actor): Promise<ServerRemoval> {
    return query.uninstall === 'true'
      ? this.uninstallAndRemove(id, query.force === 'true', actor)
      : this.forget(id, actor);
  }

  private async uninstallAndRemove(
    id: string,
    force: boolean,
    actor: Actor,
  ): Promise<ServerRemoval> {
    const request = { type: REMOVE_SERVER, serverId: id, params: { force }, actor };
    const operationId = await this.transactions.run(async (transaction) => {
      const accepted = await this.operations.request(transaction.manager, request);
      transaction.afterCommit(() => this.operations.wake(accepted.id));
      return accepted.id;
    });
    return { operation_id: operationId };
  }

  private async forget(id: string, actor: Actor): Promise<ServerRemoval> {
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const { name } = await this.servers.lock(manager, id);
      const operation = await this.operations.running(manager, id);
      if (operation) {
        throw new AppError(SERVER_BUSY, `${operation.type} runs on the server. Cancel it first.`, {
          operation_id: operation.id,
        });
      }
      await this.installation.forget(manager, id);
      await this.audit.record(manager, {
        actor,
        action: 'server.remove',
        object: { type: 'server', id, name },
        outcome: 'success',
        details: { uninstalled: false },
      });
      transaction.afterCommit(() => this.servers.announce(id));
    });
    return { operation_id: null };
  }
}
