import type { StatusResult, Vitals } from '@myx/protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where the agent of the manager’s own machine listens, and nowhere else. */
export const LOCAL_HOST = '127.0.0.1';

/** How the manager reaches a server for installation and repair. `registered`: not at all. */
export const SERVER_CONNECTIONS = ['ssh', 'local', 'registered'] as const;
export type ServerConnection = (typeof SERVER_CONNECTIONS)[number];

/** What the manager knows of a server's state. */
export const SERVER_STATUSES = [
  'new',
  'installing',
  'online',
  'degraded',
  'offline',
  'install_failed',
  'host_key_changed',
  'certificate_changed',
  'removing',
] as const;
export type ServerStatus = (typeof SERVER_STATUSES)[number];

/** Where on the way to a server, or in it, the reason of a status lies. */
export const CAUSE_LAYERS = [
  'dns',
  'tcp',
  'tls',
  'certificate_pin',
  'token',
  'rpc',
  'ssh',
  'host_key',
  'installation',
  'agent',
  'manager_network',
] as const;
export type CauseLayer = (typeof CAUSE_LAYERS)[number];

/** Why a server is not simply online. `message` tells a person what to do; no secrets. */
export interface StatusCause {
  readonly layer: CauseLayer;
  readonly code: string;
  readonly message: string;
}

/** An SSH host on the way to a server, with its own pinned host key and credential. */
export interface JumpHost {
  readonly host: string;
  readonly port: number;
  /** SHA-256 of the host key as OpenSSH prints it, `SHA256:…`. Null: the first key seen is pinned. */
  readonly host_key_fingerprint: string | null;
  readonly credential_id: string;
}

/** What an agent's `get_status` tells of the machine. */
export type ServerFacts = StatusResult['server'];

/** A managed Linux host. */
@Entity('servers')
export class Server {
  /** UUIDv7. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  /** Unique, whatever the case of its letters. */
  @Column({ type: 'text' })
  name!: string;

  /** DNS name or address: where SSH and the agent are dialled. */
  @Column({ type: 'text' })
  host!: string;

  @Column({ type: 'jsonb' })
  labels!: Record<string, string>;

  @Column({ type: 'text' })
  connection!: ServerConnection;

  @Column({ type: 'integer', name: 'ssh_port', nullable: true })
  sshPort!: number | null;

  @Column({ type: 'uuid', name: 'credential_id', nullable: true })
  credentialId!: string | null;

  /** Such as `ssh-ed25519`. Null until the first connection when the first key seen is accepted. */
  @Column({ type: 'text', name: 'host_key_algorithm', nullable: true })
  hostKeyAlgorithm!: string | null;

  /** `SHA256:…`. Null: the first key seen is pinned. */
  @Column({ type: 'text', name: 'host_key_fingerprint', nullable: true })
  hostKeyFingerprint!: string | null;

  @Column({ type: 'jsonb', name: 'jump_host', nullable: true })
  jumpHost!: JumpHost | null;

  @Column({ type: 'text' })
  status!: ServerStatus;

  @Column({ type: 'jsonb', name: 'status_cause', nullable: true })
  statusCause!: StatusCause | null;

  @Column({ type: 'timestamptz', name: 'status_since' })
  statusSince!: Date;

  /** /etc/machine-id; unique among servers. */
  @Column({ type: 'text', name: 'machine_id', nullable: true })
  machineId!: string | null;

  @Column({ type: 'jsonb', nullable: true })
  facts!: ServerFacts | null;

  @Column({ type: 'jsonb', nullable: true })
  vitals!: Vitals | null;

  @Column({ type: 'text', name: 'agent_version', nullable: true })
  agentVersion!: string | null;

  @Column({ type: 'timestamptz', name: 'last_heartbeat_at', nullable: true })
  lastHeartbeatAt!: Date | null;

  /** Own bounds of the heartbeat interval in seconds; both or neither. */
  @Column({ type: 'integer', name: 'heartbeat_min_seconds', nullable: true })
  heartbeatMinSeconds!: number | null;

  @Column({ type: 'integer', name: 'heartbeat_max_seconds', nullable: true })
  heartbeatMaxSeconds!: number | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}

/** One change of a server's status. Written once, never changed. */
@Entity('server_transitions')
export class ServerTransition {
  /** UUIDv7. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'uuid', name: 'server_id' })
  serverId!: string;

  /** Null for the first one. */
  @Column({ type: 'text', name: 'from_status', nullable: true })
  fromStatus!: ServerStatus | null;

  @Column({ type: 'text', name: 'to_status' })
  toStatus!: ServerStatus;

  @Column({ type: 'jsonb', nullable: true })
  cause!: StatusCause | null;

  @Column({ type: 'timestamptz' })
  at!: Date;
}

/** Every entity of this feature. */
export const SERVERS_ENTITIES = [Server, ServerTransition] as const;
