import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from './roles.js';

/** A secret with which a program uses the API. Revoked rows stay, to tell what a token was. */
@Entity('api_tokens')
export class ApiToken {
  @PrimaryColumn('uuid')
  id!: string;

  /** Unique among the tokens that are not revoked. */
  @Column('text')
  name!: string;

  /** The eight characters behind `myx_`: recognises a token without giving it away. */
  @Column('text')
  prefix!: string;

  /** SHA-256 of the whole token. */
  @Column('bytea', { select: false })
  secretHash!: Buffer;

  @Column('text')
  role!: Role;

  /** The user it belongs to and whose role bounds it; null for tokens made on the command line. */
  @Column('uuid', { nullable: true })
  ownerId!: string | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;

  /** Written at most once a minute. */
  @Column('timestamptz', { nullable: true })
  lastUsedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  revokedAt!: Date | null;
}
