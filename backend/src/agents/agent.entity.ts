import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where an identity comes from: assigned by this manager, or told when a server was registered. */
export const IDENTITY_ORIGINS = ['assigned', 'adopted'] as const;
export type IdentityOrigin = (typeof IDENTITY_ORIGINS)[number];

/** How the manager finds and recognises the agent of a server. Secrets are sealed. */
@Entity('agents')
export class Agent {
  @PrimaryColumn({ type: 'uuid', name: 'server_id' })
  serverId!: string;

  @Column({ type: 'text' })
  origin!: IdentityOrigin;

  /** Unique among assigned identities. */
  @Column({ type: 'integer', name: 'rpc_port' })
  rpcPort!: number;

  @Column({ type: 'text', name: 'rpc_path' })
  rpcPath!: string;

  @Column({ type: 'bytea', name: 'token_sealed' })
  tokenSealed!: Buffer;

  @Column({ type: 'bytea', name: 'secret_key_sealed' })
  secretKeySealed!: Buffer;

  /** SHA-256 over the DER bytes, lower-case hex. Null until the agent has a certificate. */
  @Column({ type: 'text', name: 'certificate_fingerprint', nullable: true })
  certificateFingerprint!: string | null;

  @Column({ type: 'text', name: 'certificate_pem', nullable: true })
  certificatePem!: string | null;

  /** Random id of the agent's state directory as of the last heartbeat: it changes when it was wiped. */
  @Column({ type: 'text', name: 'state_epoch', nullable: true })
  stateEpoch!: string | null;

  /** Grows with every change, so that open connections know when they are outdated. */
  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}

/** Every entity of this feature. */
export const AGENTS_ENTITIES = [Agent] as const;
