import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Life of a deployment. `planned` was never applied; `applying` and `uninstalling` are worked on; `healthy`
 * runs as configured; `rolled_back` runs as it did before the last apply, which failed; `failed` does not run and
 * never did; `drifted` runs, but the server was changed by somebody else; `degraded` does not run as it should.
 */
export const DEPLOYMENT_STATES = [
  'planned',
  'applying',
  'healthy',
  'degraded',
  'rolled_back',
  'failed',
  'drifted',
  'uninstalling',
] as const;
export type DeploymentState = (typeof DEPLOYMENT_STATES)[number];

/** How applying a version ended. */
export const VERSION_OUTCOMES = ['healthy', 'rolled_back', 'failed', 'degraded'] as const;
export type VersionOutcome = (typeof VERSION_OUTCOMES)[number];

/** Why the last operation on a deployment failed. No secrets. */
export interface DeploymentError {
  readonly step: string;
  readonly layer: string;
  readonly code: string;
  readonly message: string;
}

/** Something on the server that is not as it was deployed. */
export interface Difference {
  readonly what: 'file' | 'unit' | 'version' | 'leftover';
  /** Path or name of it. */
  readonly name: string;
  /** For people. No secrets. */
  readonly message: string;
}

/** A file as it was deployed. */
export interface ManifestFile {
  readonly path: string;
  readonly sha256: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
}

/** What a version put on the server, as it was seen there. */
export interface Manifest {
  readonly files: readonly ManifestFile[];
  readonly unit: string | null;
  readonly unitEnabled: boolean;
  readonly versionCommand: readonly string[] | null;
  /** What the version command printed. */
  readonly versionOutput: string | null;
}

/** Who made a version. */
export interface VersionActor {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** A service that the manager has put, or shall put, on a server. */
@Entity('deployments')
export class Deployment {
  /** UUIDv7. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'uuid', name: 'server_id' })
  serverId!: string;

  @Column({ type: 'text' })
  state!: DeploymentState;

  @Column({ type: 'timestamptz', name: 'state_since' })
  stateSince!: Date;

  /** The state before the operation that works on it: where it goes back to when nothing was touched. */
  @Column({ type: 'text', name: 'resting_state' })
  restingState!: DeploymentState;

  /** Of the last operation; null when that succeeded. */
  @Column({ type: 'jsonb', nullable: true })
  error!: DeploymentError | null;

  @Column({ type: 'jsonb' })
  differences!: Difference[];

  /** The version that people want; the newest one. */
  @Column({ type: 'integer', name: 'desired_version' })
  desiredVersion!: number;

  /** The last known good: the last version that ended healthy. */
  @Column({ type: 'integer', name: 'applied_version', nullable: true })
  appliedVersion!: number | null;

  /** The last operation that worked on it. */
  @Column({ type: 'uuid', name: 'operation_id', nullable: true })
  operationId!: string | null;

  /** Whether that operation has not ended yet. */
  @Column({ type: 'boolean', name: 'is_busy' })
  isBusy!: boolean;

  /** Whether that operation has begun to change the server. */
  @Column({ type: 'boolean', name: 'has_begun' })
  hasBegun!: boolean;

  @Column({ type: 'bytea', name: 'seed_sealed' })
  seedSealed!: Buffer;

  @Column({ type: 'timestamptz', name: 'last_check_at', nullable: true })
  lastCheckAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'next_check_at' })
  nextCheckAt!: Date;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}

/** One version of a deployment's configuration. Its configuration never changes. */
@Entity('deployment_versions')
export class DeploymentVersion {
  /** UUIDv7. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'uuid', name: 'deployment_id' })
  deploymentId!: string;

  /** From 1. */
  @Column({ type: 'integer' })
  number!: number;

  /** With a mark in place of every secret. */
  @Column({ type: 'jsonb' })
  config!: unknown;

  @Column({ type: 'bytea', name: 'secrets_sealed', nullable: true })
  secretsSealed!: Buffer | null;

  @Column({ type: 'text', nullable: true })
  note!: string | null;

  /** The version that a rollback took it from. */
  @Column({ type: 'integer', name: 'copied_from', nullable: true })
  copiedFrom!: number | null;

  @Column({ type: 'jsonb' })
  actor!: VersionActor;

  @Column({ type: 'text', nullable: true })
  outcome!: VersionOutcome | null;

  @Column({ type: 'timestamptz', name: 'applied_at', nullable: true })
  appliedAt!: Date | null;

  @Column({ type: 'jsonb', nullable: true })
  manifest!: Manifest | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

/** Every entity of this feature. */
export const DEPLOYMENTS_ENTITIES = [Deployment, DeploymentVersion] as const;
