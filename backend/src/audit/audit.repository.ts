import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { DigestedAudit } from './audit-digest.js';
import { AuditEvent, AuditLink } from './audit-event.entity.js';
import type { AuditOutcome } from './audit-event.entity.js';

/** What a list of events is narrowed by; all given fields must hold. */
export interface AuditFilter {
  /** Id or name of the actor. */
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly objectType?: string | undefined;
  readonly objectId?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly correlationId?: string | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
}

/** An event and its number in the chain. */
export interface LinkedAudit {
  readonly seq: bigint;
  readonly event: AuditEvent;
}

/** A link of the chain with the event it is for; the event is null when somebody removed it. */
export interface ChainEntry {
  readonly seq: bigint;
  readonly hash: Buffer;
  readonly event: DigestedAudit | null;
}

/** SQL of the audit log. */
@Injectable()
export class AuditRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Appends an event in the caller's transaction. */
  async insert(manager: EntityManager, event: DigestedAudit): Promise<void> {
    await manager.getRepository(AuditEvent).insert(event);
  }

  /** At most `limit` events, latest first, from before the link `before`. */
  async find(filter: AuditFilter, limit: number, before?: bigint): Promise<LinkedAudit[]> {
    const query = this.dataSource
      .getRepository(AuditEvent)
      .createQueryBuilder('event')
      .innerJoin(AuditLink, 'link', 'link.eventId = event.id')
      .addSelect('link.seq', 'seq')
      .orderBy('link.seq', 'DESC')
      .limit(limit);
    applyFilter(query, filter);
    if (before !== undefined) query.andWhere('link.seq < :before', { before: String(before) });
    const { entities, raw } = await query.getRawAndEntities<{ seq: string }>();
    return entities.map((event, index) => ({ event, seq: BigInt(raw[index]?.seq ?? 0) }));
  }

  /** The chain from behind link `after`, in order, at most `limit` links. */
  async chain(after: bigint, limit: number): Promise<ChainEntry[]> {
    const links = await this.dataSource
      .getRepository(AuditLink)
      .createQueryBuilder('link')
      .where('link.seq > :after', { after: String(after) })
      .orderBy('link.seq', 'ASC')
      .limit(limit)
      .getMany();
    const events = await this.eventsById(links.map(({ eventId }) => eventId));
    return links.map(({ seq, hash, eventId }) => ({
      seq: BigInt(seq),
      hash,
      event: events.get(eventId) ?? null,
    }));
  }

  /** The last link, or null while there is none. */
  async head(): Promise<{ seq: bigint; hash: Buffer } | null> {
    const [link] = await this.dataSource
      .getRepository(AuditLink)
      .find({ order: { seq: 'DESC' }, take: 1 });
    return link ? { seq: BigInt(link.seq), hash: link.hash } : null;
  }

  /** True when the chain has this link with this hash. */
  async hasLink({ seq, hash }: { seq: bigint; hash: Buffer }): Promise<boolean> {
    return this.dataSource.getRepository(AuditLink).existsBy({ seq: String(seq), hash });
  }

  /** Ids of events without a link, at most `limit`: there are none unless somebody tampered. */
  async unlinked(limit: number): Promise<string[]> {
    const rows = await this.dataSource
      .getRepository(AuditEvent)
      .createQueryBuilder('event')
      .leftJoin(AuditLink, 'link', 'link.eventId = event.id')
      .select('event.id', 'id')
      .where('link.seq IS NULL')
      .limit(limit)
      .getRawMany<{ id: string }>();
    return rows.map(({ id }) => id);
  }

  private async eventsById(ids: readonly string[]): Promise<Map<string, AuditEvent>> {
    if (ids.length === 0) return new Map();
    const events = await this.dataSource
      .getRepository(AuditEvent)
      .createQueryBuilder('event')
      .where('event.id = ANY(:ids)', { ids: [...ids] })
      .getMany();
    return new Map(events.map((event) => [event.id, event]));
  }
}

function applyFilter(query: SelectQueryBuilder<AuditEvent>, filter: AuditFilter): void {
  const { actor, action, objectType, objectId, outcome, correlationId, from, to } = filter;
  if (actor !== undefined) {
    query.andWhere('(event.actorId = :actor OR event.actorName = :actor)', { actor });
  }
  if (action !== undefined) query.andWhere('event.action = :action', { action });
  if (objectType !== undefined) query.andWhere('event.objectType = :objectType', { objectType });
  if (objectId !== undefined) query.andWhere('event.objectId = :objectId', { objectId });
  if (outcome !== undefined) query.andWhere('event.outcome = :outcome', { outcome });
  if (correlationId !== undefined) {
    query.andWhere('event.correlationId = :correlationId', { correlationId });
  }
  if (from !== undefined) query.andWhere('event.at >= :from', { from });
  if (to !== undefined) query.andWhere('event.at < :to', { to });
}
