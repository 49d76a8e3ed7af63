import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How a login proves itself. */
export const SSH_AUTH_TYPES = ['password', 'private_key'] as const;
export type SshAuthType = (typeof SSH_AUTH_TYPES)[number];

/**
 * A stored SSH login. The secret columns hold sealed bytes (`SecretBox`), bound to this table, the column
 * and the row's id, so that a value moved to another row does not open.
 */
@Entity('credentials')
export class Credential {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  username!: string;

  @Column('text')
  authType!: SshAuthType;

  @Column('bytea', { nullable: true })
  password!: Buffer | null;

  @Column('bytea', { nullable: true })
  privateKey!: Buffer | null;

  @Column('bytea', { nullable: true })
  passphrase!: Buffer | null;

  @Column('bytea', { nullable: true })
  sudoPassword!: Buffer | null;

  @Column('timestamptz')
  createdAt!: Date;

  @Column('timestamptz')
  updatedAt!: Date;
}

/** Tables of this feature. */
export const CREDENTIALS_ENTITIES = [Credential];
