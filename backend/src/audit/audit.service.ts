import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newRowId } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { decodeCursor, INVALID_REQUEST, pageFrom } from '../platform/http/index.js';
import type { Page } from '../platform/http/index.js';
import { digestOf, storableDetails, storableText } from './audit-digest.js';
import type { AuditContent } from './audit-digest.js';
import type { AuditOutcome } from './audit-event.entity.js';
import { AuditRepository } from './audit.repository.js';
import type { AuditFilter, LinkedAudit } from './audit.repository.js';

/** Who acted: a known actor, or somebody who did not (yet) sign in. */
export type AuditActor = Omit<Actor, 'kind'> & { readonly kind: Actor['kind'] | 'anonymous' };

/** An action to record. */
export interface AuditRecord {
  readonly actor: AuditActor;
  /** `<object>.<verb>`, such as `server.create`. */
  readonly action: string;
  readonly object?: { readonly type: string; readonly id: string; readonly name?: string };
  readonly outcome: AuditOutcome;
  /** Facts on the action, snake_case, at most 32 KiB as JSON. No secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

const DETAILS_LIMIT = 32 * 1024;

/** Writes and lists the audit log. */
@Injectable()
export class AuditService {
  constructor(private readonly events: AuditRepository) {}

  /**
   * Writes an event as part of the caller's transaction: both are stored or neither. The link in the hash
   * chain is added when that transaction commits; it must run at READ COMMITTED, PostgreSQL's default.
   *
   * @throws Error when the details are too large.
   */
  async record(manager: EntityManager, record: AuditRecord): Promise<void> {
    const details = storableDetails(record.details ?? {});
    if (JSON.stringify(details).length > DETAILS_LIMIT) {
      throw new Error(`the audit details of ${record.action} are too large`);
    }
    const content: AuditContent = {
      id: newRowId(),
      at: new Date(),
      ...actorColumns(record.actor),
      action: record.action,
      objectType: record.object?.type ?? null,
      objectId: storableOrNull(record.object?.id),
      objectName: storableOrNull(record.object?.name),
      outcome: record.outcome,
      details,
    };
    await this.events.insert(manager, { ...content, digest: digestOf(content) });
  }

  /**
   * A page of events, in the order of their commits, latest first.
   *
   * @throws AppError invalid_request when the cursor is not one of ours.
   */
  async list(filter: AuditFilter, limit: number, cursor?: string): Promise<Page<LinkedAudit>> {
    const rows = await this.events.find(filter, limit + 1, seqOf(cursor));
    return pageFrom(
      rows,
      limit,
      ({ seq }) => [String(seq)],
      (row) => row,
    );
  }
}

function seqOf(cursor: string | undefined): bigint | undefined {
  if (cursor === undefined) return undefined;
  const [seq = ''] = decodeCursor(cursor, 1);
  if (!/^\d{1,18}$/.test(seq)) {
    throw new AppError(INVALID_REQUEST, 'The cursor is not valid: start again without one.');
  }
  return BigInt(seq);
}

function actorColumns(
  actor: AuditActor,
): Pick<
  AuditContent,
  'actorKind' | 'actorId' | 'actorName' | 'actorRole' | 'address' | 'correlationId'
> {
  return {
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: storableText(actor.name),
    actorRole: actor.role,
    address: actor.address,
    correlationId: actor.correlationId,
  };
}

function storableOrNull(text: string | undefined): string | null {
  return text === undefined ? null : storableText(text);
}
