import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A signed-in browser. The row is removed when the session ends. */
@Entity('sessions')
export class Session {
  /** Names the session in lists; not the secret in the cookie. */
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  userId!: string;

  /** SHA-256 of the secret in the cookie. */
  @Column('bytea', { select: false })
  secretHash!: Buffer;

  @Column('text', { nullable: true })
  userAgent!: string | null;

  @Column('text', { nullable: true })
  address!: string | null;

  @Column('timestamptz')
  createdAt!: Date;

  /** Written at most once a minute. */
  @Column('timestamptz')
  lastSeenAt!: Date;

  /** When it ends whatever happens. */
  @Column('timestamptz')
  expiresAt!: Date;
}
