import type { Vitals } from '@myx/protocol';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newRowId } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { LiveBus } from '../platform/live/index.js';
import type { JumpHost, Server, ServerConnection, ServerFacts } from './server.entity.js';
import type { ServerStatus, ServerTransition, StatusCause } from './server.entity.js';
import { DUPLICATE_MACHINE, SERVER_NAME_TAKEN, SERVER_NOT_FOUND } from './servers.errors.js';
import { breaksUnique, ServersRepository } from './servers.repository.js';
import type { ListedServer, ServerChanges, ServerFilter } from './servers.repository.js';

/** A server to add. */
export interface NewServer {
  readonly name: string;
  readonly host: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly connection: ServerConnection;
  readonly ssh?: {
    readonly port: number;
    readonly credentialId: string;
    /** Null: the first key seen is pinned. */
    readonly hostKeyFingerprint: string | null;
    readonly jumpHost: JumpHost | null;
  };
  readonly status: ServerStatus;
}

/** A status to set, with its reason when there is one. */
export interface StatusChange {
  readonly status: ServerStatus;
  readonly cause: StatusCause | null;
  /** Change only from one of these. Absent: from any. */
  readonly from?: readonly ServerStatus[];
}

/**
 * The rules of servers: unique names and machines, and a status whose every change is kept. Methods that
 * take an EntityManager are part of the caller's transaction; after its commit the caller tells followers
 * with {@link ServersService.announce}.
 */
@Injectable()
export class ServersService {
  constructor(
    private readonly repository: ServersRepository,
    private readonly liveBus: LiveBus,
  ) {}

  /** @throws AppError server_not_found */
  async get(id: string, manager?: EntityManager): Promise<Server> {
    return found(await this.repository.find(id, manager), id);
  }

  /** Reads a server and keeps others from removing it until the transaction ends. @throws AppError server_not_found */
  async keep(manager: EntityManager, id: string): Promise<Server> {
    return found(await this.repository.keep(manager, id), id);
  }

  /** Reads a server and keeps others from changing it until the transaction ends. @throws AppError server_not_found */
  async lock(manager: EntityManager, id: string): Promise<Server> {
    return found(await this.repository.lock(manager, id), id);
  }

  /** At most `limit` servers sorted by name, those after the name `after`. */
  list(filter: ServerFilter, limit: number, after?: string): Promise<ListedServer[]> {
    return this.repository.list(filter, limit, after);
  }

  /** Ids of every server the filter lets through, sorted by name. */
  ids(filter: ServerFilter): Promise<string[]> {
    return this.repository.ids(filter);
  }

  /** Adds a server with its first transition. @throws AppError server_name_taken */
  async insert(manager: EntityManager, input: NewServer): Promise<Server> {
    const id = newRowId();
    await this.refuseTakenName(manager, input.name, id);
    await this.unlessNameTaken(input.name, () =>
      this.repository.insert(manager, {
        id,
        name: input.name,
        host: input.host,
        labels: { ...input.labels },
        connection: input.connection,
        sshPort: input.ssh?.port ?? null,
        credentialId: input.ssh?.credentialId ?? null,
        hostKeyFingerprint: input.ssh?.hostKeyFingerprint ?? null,
        jumpHost: input.ssh?.jumpHost ?? null,
        status: input.status,
        statusSince: () => 'now()',
        createdAt: () => 'now()',
        updatedAt: () => 'now()',
      }),
    );
    await this.repository.addTransition(manager, {
      serverId: id,
      fromStatus: null,
      toStatus: input.status,
      cause: null,
    });
    return this.get(id, manager);
  }

  /** Changes columns of a server. @throws AppError server_not_found, server_name_taken */
  async update(manager: EntityManager, id: string, changes: ServerChanges): Promise<Server> {
    await this.lock(manager, id);
    const { name } = changes;
    if (name !== undefined) await this.refuseTakenName(manager, name, id);
    await this.unlessNameTaken(name ?? '', () => this.repository.update(manager, id, changes));
    return this.get(id, manager);
  }

  /** Removes the record and all that hangs on it. Its credential stays: the caller removes it. */
  async remove(manager: EntityManager, id: string): Promise<void> {
    await this.repository.delete(manager, id);
  }

  /**
   * Sets a server's status. Another status is stored as a transition; the same status with another cause
   * only replaces the cause, and `since` stays. Answers whether anything changed. A server that is gone
   * has not changed.
   */
  async changeStatus(manager: EntityManager, id: string, change: StatusChange): Promise<boolean> {
    const server = await this.repository.lock(manager, id);
    if (!server) return false;
    if (change.from && !change.from.includes(server.status)) return false;
    const isSameStatus = server.status === change.status;
    if (isSameStatus && isSameCause(server.statusCause, change.cause)) return false;
    await this.repository.setStatus(manager, id, change.status, change.cause);
    if (!isSameStatus) {
      await this.repository.addTransition(manager, {
        serverId: id,
        fromStatus: server.status,
        toStatus: change.status,
        cause: change.cause,
      });
    }
    return true;
  }

  /** Stores what a heartbeat told. */
  async recordHeartbeat(
    manager: EntityManager,
    id: string,
    heartbeat: { readonly vitals: Vitals; readonly agentVersion: string; readonly at: Date },
  ): Promise<void> {
    await this.repository.update(manager, id, {
      vitals: heartbeat.vitals,
      agentVersion: heartbeat.agentVersion,
      lastHeartbeatAt: heartbeat.at,
    });
  }

  /**
   * Stores what the agent told of its machine.
   *
   * @throws AppError duplicate_machine naming the other server when another record has this machine.
   */
  async recordFacts(
    manager: EntityManager,
    id: string,
    { machineId, facts }: { readonly machineId: string; readonly facts: ServerFacts },
  ): Promise<void> {
    await this.refuseKnownMachine(manager, machineId, id);
    await this.repository.update(manager, id, { machineId, facts });
  }

  /**
   * Refuses a machine that another server's record already has. Until the transaction ends nobody else
   * can record it.
   *
   * @throws AppError duplicate_machine
   */
  async refuseKnownMachine(manager: EntityManager, machineId: string, id?: string): Promise<void> {
    await this.repository.lockMachine(manager, machineId);
    const other = await this.repository.findByMachine(manager, machineId);
    if (other && other.id !== id) {
      throw new AppError(
        DUPLICATE_MACHINE,
        `This machine is already managed as “${other.name}”. Use that server, or remove it first.`,
        { server_id: other.id, server_name: other.name },
      );
    }
  }

  /** From now on only this host key is accepted. */
  async pinHostKey(
    manager: EntityManager,
    id: string,
    key: { readonly algorithm: string; readonly fingerprint: string },
  ): Promise<void> {
    await this.repository.update(manager, id, {
      hostKeyAlgorithm: key.algorithm,
      hostKeyFingerprint: key.fingerprint,
    });
  }

  /** At most `limit` transitions, newest first, those before `[at, id]`. @throws AppError server_not_found */
  async transitions(
    id: string,
    limit: number,
    before?: readonly [at: string, id: string],
  ): Promise<ServerTransition[]> {
    await this.get(id);
    return this.repository.transitions(id, limit, before);
  }

  /** Tells followers that a server changed. Call it after the commit. */
  async announce(id: string): Promise<void> {
    const server = await this.repository.find(id);
    if (!server) {
      this.liveBus.publish({ topic: 'servers', type: 'server_removed', data: { id } });
      return;
    }
    this.liveBus.publish({
      topic: 'servers',
      type: 'server_changed',
      data: {
        id,
        name: server.name,
        status: server.status,
        status_cause: server.statusCause,
        status_since: server.statusSince.toISOString(),
      },
    });
  }

  private async refuseTakenName(manager: EntityManager, name: string, id: string): Promise<void> {
    const other = await this.repository.findByName(manager, name);
    if (other && other.id !== id) throw nameTaken(name, other.id);
  }

  private async unlessNameTaken(name: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      // Two requests passed the check above at the same time; the index decided.
      if (breaksUnique(error, 'servers_name')) throw nameTaken(name);
      throw error;
    }
  }
}

function found(server: Server | null, id: string): Server {
  if (server) return server;
  throw new AppError(SERVER_NOT_FOUND, `There is no server with the id ${id}.`);
}

function nameTaken(name: string, otherId?: string): AppError {
  return new AppError(
    SERVER_NAME_TAKEN,
    `Another server is called “${name}”. Choose another name.`,
    otherId === undefined ? {} : { server_id: otherId },
  );
}

function isSameCause(a: StatusCause | null, b: StatusCause | null): boolean {
  return a?.layer === b?.layer && a?.code === b?.code && a?.message === b?.message;
}
