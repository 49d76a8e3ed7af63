import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { Agent } from './agent.entity.js';

/** What tells whether a connection is still to the right agent. */
export interface AgentAddress {
  readonly host: string;
  readonly version: number;
}

/** Columns of a new identity. */
export type NewAgent = Omit<Agent, 'stateEpoch' | 'version' | 'createdAt' | 'updatedAt'>;

/** Columns that may change later. */
export type AgentChanges = Partial<
  Pick<Agent, 'rpcPort' | 'certificateFingerprint' | 'certificatePem'>
>;

/** Reads and writes identities of agents. */
@Injectable()
export class AgentsRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(serverId: string, manager: EntityManager = this.dataSource.manager): Promise<Agent | null> {
    return manager.findOneBy(Agent, { serverId });
  }

  /** The host and identity version of a server's agent, in one cheap query. */
  async address(serverId: string): Promise<AgentAddress | undefined> {
    const rows = await this.dataSource.query<AgentAddress[]>(
      `SELECT servers.host, agents.version
         FROM agents JOIN servers ON servers.id = agents.server_id
        WHERE agents.server_id = $1`,
      [serverId],
    );
    return rows[0];
  }

  /** Until the transaction ends, no other one assigns a port. */
  async lockPorts(manager: EntityManager): Promise<void> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('agents:ports', 0))`);
  }

  /** Ports of all agents, also of those registered with a port of their own. */
  async takenPorts(manager: EntityManager): Promise<Set<number>> {
    const rows = await manager.query<{ rpc_port: number }[]>('SELECT rpc_port FROM agents');
    return new Set(rows.map((row) => row.rpc_port));
  }

  async insert(manager: EntityManager, agent: NewAgent): Promise<void> {
    await manager.insert(Agent, {
      ...agent,
      // Not from 1: an identity that replaces a withdrawn one must not look like it to a kept connection.
      version: randomInt(1, 2 ** 30),
      createdAt: () => 'now()',
      updatedAt: () => 'now()',
    });
  }

  async update(manager: EntityManager, serverId: string, changes: AgentChanges): Promise<void> {
    await manager.update(
      Agent,
      { serverId },
      { ...changes, version: () => 'version + 1', updatedAt: () => 'now()' },
    );
  }

  /** Notes the id of the agent's state directory; connections to the agent are not affected. */
  async noteEpoch(manager: EntityManager, serverId: string, epoch: string): Promise<void> {
    await manager.update(Agent, { serverId }, { stateEpoch: epoch });
  }

  async delete(manager: EntityManager, serverId: string): Promise<void> {
    await manager.delete(Agent, { serverId });
  }
}
