import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Figures } from './figures.js';

/** A running manager. It is alive while it keeps `seenAt` fresh. */
@Entity('manager_instances')
export class ManagerInstance {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'timestamptz', name: 'started_at' })
  startedAt!: Date;

  @Column({ type: 'timestamptz', name: 'seen_at' })
  seenAt!: Date;

  /** Since when this manager reaches no server at all, see `NetworkJudge`. */
  @Column({ type: 'timestamptz', name: 'network_lost_since', nullable: true })
  networkLostSince!: Date | null;
}

/** When a server is asked next, by whom, and what it said last. */
@Entity('server_heartbeats')
export class ServerHeartbeat {
  @PrimaryColumn({ type: 'uuid', name: 'server_id' })
  serverId!: string;

  @Column({ type: 'timestamptz', name: 'due_at' })
  dueAt!: Date;

  /** The manager that is asking right now. */
  @Column({ type: 'uuid', name: 'asked_by', nullable: true })
  askedBy!: string | null;

  /** The manager that follows the agent's events. */
  @Column({ type: 'uuid', name: 'followed_by', nullable: true })
  followedBy!: string | null;

  @Column({ type: 'timestamptz', name: 'answered_at', nullable: true })
  answeredAt!: Date | null;

  /** Failed heartbeats since the last good one. */
  @Column({ type: 'integer' })
  failures!: number;

  /** Milliseconds from question to answer. */
  @Column({ type: 'integer', name: 'latency_ms', nullable: true })
  latencyMs!: number | null;

  /** The agent's clock minus the manager's. */
  @Column({ type: 'bigint', name: 'clock_skew_ms', nullable: true })
  clockSkewMs!: string | null;

  @Column({ type: 'jsonb', nullable: true })
  figures!: Figures | null;

  @Column({ type: 'text', name: 'boot_id', nullable: true })
  bootId!: string | null;

  /** When the agent's process started, on its own clock. */
  @Column({ type: 'timestamptz', name: 'agent_started_at', nullable: true })
  agentStartedAt!: Date | null;

  /** When restarts of the agent were noticed lately. */
  @Column({ type: 'timestamptz', array: true, name: 'agent_restarts' })
  agentRestarts!: Date[];

  /** When automatic repairs were requested lately. */
  @Column({ type: 'timestamptz', array: true })
  repairs!: Date[];
}

/** Every entity of this feature. */
export const HEALTH_ENTITIES = [ManagerInstance, ServerHeartbeat] as const;
