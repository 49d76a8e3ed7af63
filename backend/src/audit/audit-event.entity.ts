import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How an audited action ended. `denied`: it was refused for lack of a permission or a login. */
export const AUDIT_OUTCOMES = ['success', 'failure', 'denied'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/**
 * One action that somebody did or tried: who, what, on which object, from where, with what outcome.
 * Rows are never changed or removed (a trigger refuses it).
 */
@Entity('audit_events')
export class AuditEvent {
  /** UUIDv7, so that ids sort by time. */
  @PrimaryColumn('uuid')
  id!: string;

  /** Manager's clock, milliseconds. */
  @Column('timestamptz')
  at!: Date;

  /** `user`, `token`, `cli`, `system` or `anonymous`. */
  @Column('text')
  actorKind!: string;

  @Column('text')
  actorId!: string;

  @Column('text')
  actorName!: string;

  @Column('text')
  actorRole!: string;

  @Column('text', { nullable: true })
  address!: string | null;

  @Column('text')
  correlationId!: string;

  /** `<object>.<verb>`, such as `server.create`. */
  @Column('text')
  action!: string;

  @Column('text', { nullable: true })
  objectType!: string | null;

  @Column('text', { nullable: true })
  objectId!: string | null;

  @Column('text', { nullable: true })
  objectName!: string | null;

  @Column('text')
  outcome!: AuditOutcome;

  /** Plain JSON. */
  @Column('jsonb')
  details!: object;

  /** SHA-256 of the canonical form of the columns above. */
  @Column('bytea')
  digest!: Buffer;
}

/**
 * One link of the hash chain over all events, added by the database as the last act of the transaction
 * that writes the event: `hash = SHA-256(previous hash || event digest)`, numbered without gaps.
 */
@Entity('audit_chain')
export class AuditLink {
  /** 1, 2, 3 ... in the order of the commits. A string: it is a 64-bit number. */
  @PrimaryColumn('bigint')
  seq!: string;

  @Column('uuid')
  eventId!: string;

  @Column('bytea')
  hash!: Buffer;
}

/** Tables of this feature. */
export const AUDIT_ENTITIES = [AuditEvent, AuditLink];
