import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/index.js';
import { OperationsService } from '../operations/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { PlaybookNews } from './playbook-news.js';
import { CHECK_PLAYBOOK } from './playbook-operation-types.js';
import { PLAYBOOK_CHECKED_ALREADY } from './playbooks.errors.js';
import { PlaybooksRepository } from './playbooks.repository.js';
import { versionOf } from './playbooks.schema.js';
import type { PlaybookVersionDetails } from './playbooks.schema.js';
import { PlaybooksService } from './playbooks.service.js';

/** Has versions of playbooks read by a server's Ansible before they may run. */
@Injectable()
export class PlaybookChecksService {
  constructor(
    private readonly playbooks: PlaybooksService,
    private readonly repository: PlaybooksRepository,
    private readonly operations: OperationsService,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
    private readonly news: PlaybookNews,
  ) {}

  /**
   * Begins the syntax check of a version on a server. A check that is still under way no longer counts.
   *
   * @throws AppError playbook_not_found, playbook_read_only, playbook_version_not_found,
   *   playbook_checked_already, server_not_found, server_being_removed, too_many_operations
   */
  async begin(
    reference: string,
    version: number,
    serverId: string,
    actor: Actor,
  ): Promise<PlaybookVersionDetails> {
    const { id, name } = await this.playbooks.own(reference);
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      await this.repository.lock(manager, id);
      const { state } = await this.playbooks.ownVersion({ id, name }, version, manager);
      if (state === 'usable') {
        throw new AppError(
          PLAYBOOK_CHECKED_ALREADY,
          `Version ${String(version)} of “${name}” is usable. A text never changes, so neither does this.`,
        );
      }
      const params = { playbook_id: id, version };
      const request = { type: CHECK_PLAYBOOK, serverId, params, actor };
      const { id: operationId } = await this.operations.request(manager, request);
      await this.repository.beginCheck(manager, { playbookId: id, version, operationId }, serverId);
      await this.audit.record(manager, {
        actor,
        action: 'playbook.check',
        object: { type: 'playbook', id, name },
        outcome: 'success',
        details: { version, server_id: serverId },
      });
      transaction.afterCommit(async () => {
        this.news.playbook(id, version, 'checking');
        await this.operations.wake(operationId);
      });
    });
    return versionOf(await this.playbooks.ownVersion({ id, name }, version));
  }
}
