import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import { AgentsService } from '../agents/index.js';
import { AuditService } from '../audit/index.js';
import { OperationsService } from '../operations/index.js';
import type { Actor } from '../platform/http/index.js';
import {
  AgentCallError,
  fetchCertificate,
  UndiciAgentClient,
} from '../platform/agent-client/index.js';
import type { PinnedCertificate } from '../platform/agent-client/index.js';
import { CertificateAuthority, Secret } from '../platform/crypto/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import type { Transaction } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { LOCAL_HOST, ServerEditor, ServerLogins, ServersService } from '../servers/index.js';
import type { NewServer, Server } from '../servers/index.js';
import { AGENT_UNREACHABLE } from './installation.errors.js';
import { INSTALL_AGENT } from './installation.operations.js';
import type {
  CreatedServer,
  CreateLocalServer,
  CreateServer,
  RegisterServer,
} from './installation.schema.js';

/** Deadlines of the handshake with an agent that is to be registered, milliseconds. */
const HANDSHAKE_MS = { certificate: 10_000, connect: 10_000, call: 15_000 } as const;

/** Adds servers: over SSH, the manager's own machine, or one whose agent is there already. */
@Injectable()
export class ServerEnrolment {
  constructor(
    private readonly servers: ServersService,
    private readonly logins: ServerLogins,
    private readonly editor: ServerEditor,
    private readonly agents: AgentsService,
    private readonly operations: OperationsService,
    private readonly audit: AuditService,
    private readonly authority: CertificateAuthority,
    private readonly transactions: TransactionRunner,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws AppError server_name_taken */
  create({ ssh, install, ...input }: CreateServer, actor: Actor): Promise<CreatedServer> {
    return this.add(actor, install, async (manager) => ({
      ...input,
      connection: 'ssh',
      ssh: await this.logins.store(manager, ssh),
      status: 'new',
    }));
  }

  /** @throws AppError server_name_taken */
  createLocal({ install, ...input }: CreateLocalServer, actor: Actor): Promise<CreatedServer> {
    return this.add(actor, install, () =>
      Promise.resolve({ ...input, host: LOCAL_HOST, connection: 'local', status: 'new' }),
    );
  }

  /**
   * Takes over an agent that was installed by other means, once it has answered with what was told.
   *
   * @throws AppError agent_unreachable naming the layer; duplicate_machine, server_name_taken
   */
  async register(input: RegisterServer, actor: Actor): Promise<CreatedServer> {
    const token = new Secret(input.agent_token);
    const secretKey = new Secret(input.secret_key);
    const { certificate, status } = await this.handshake(input, token, secretKey);
    const id = await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      await this.servers.refuseKnownMachine(manager, status.server.machine_id);
      const { name, host, labels, rpc_port: rpcPort, rpc_path: rpcPath } = input;
      const server = await this.servers.insert(manager, {
        name,
        host,
        labels,
        connection: 'registered',
        status: 'online',
      });
      await this.agents.adopt(manager, server.id, {
        rpcPort,
        rpcPath,
        token,
        secretKey,
        certificateFingerprint: certificate.fingerprint,
        certificatePem: certificate.pem,
      });
      await this.servers.recordFacts(manager, server.id, {
        machineId: status.server.machine_id,
        facts: status.server,
      });
      await this.servers.recordHeartbeat(manager, server.id, {
        vitals: status.vitals,
        agentVersion: status.agent.version,
        at: new Date(),
      });
      await this.recordAdded(manager, actor, 'server.register', server);
      transaction.afterCommit(() => this.servers.announce(server.id));
      return server.id;
    });
    return { server: await this.editor.details(id), operation_id: null };
  }

  private async add(
    actor: Actor,
    install: boolean,
    describe: (manager: EntityManager) => Promise<NewServer>,
  ): Promise<CreatedServer> {
    const added = await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const server = await this.servers.insert(manager, await describe(manager));
      await this.recordAdded(manager, actor, 'server.create', server);
      transaction.afterCommit(() => this.servers.announce(server.id));
      return {
        id: server.id,
        operationId: install ? await this.requestInstallation(transaction, server, actor) : null,
      };
    });
    return { server: await this.editor.details(added.id), operation_id: added.operationId };
  }

  private async requestInstallation(
    transaction: Transaction,
    server: Server,
    actor: Actor,
  ): Promise<string> {
    const request = { type: INSTALL_AGENT, serverId: server.id, actor };
    const { id } = await this.operations.request(transaction.manager, request);
    transaction.afterCommit(() => this.operations.wake(id));
    return id;
  }

  private async handshake(input: RegisterServer, token: Secret, secretKey: Secret) {
    const { host, rpc_port: port, rpc_path: path } = input;
    const clientCertificate = this.authority.clientCertificate;
    try {
      const certificate = await fetchCertificate({
        host,
        port,
        clientCertificate,
        expectedFingerprint: input.certificate_fingerprint,
        timeoutMs: HANDSHAKE_MS.certificate,
      });
      const endpoint = { host, port, path, token, secretKey, certificate };
      return { certificate, status: await this.askStatus(endpoint) };
    } catch (error) {
      if (!(error instanceof AgentCallError)) throw error;
      throw agentUnreachable(error);
    }
  }

  private async askStatus(
    endpoint: ConstructorParameters<typeof UndiciAgentClient>[0]['endpoint'] & {
      readonly certificate: PinnedCertificate;
    },
  ) {
    const client = new UndiciAgentClient({
      endpoint,
      clientCertificate: this.authority.clientCertificate,
      connectTimeoutMs: HANDSHAKE_MS.connect,
      timeoutMs: HANDSHAKE_MS.call,
      retry: { retries: 0, baseMs: 1000 },
      logger: this.logger,
    });
    try {
      return await client.call('get_status', {});
    } finally {
      await client.close();
    }
  }

  private recordAdded(
    manager: EntityManager,
    actor: Actor,
    action: string,
    { id, name, host, connection }: Server,
  ): Promise<void> {
    return this.audit.record(manager, {
      actor,
      action,
      object: { type: 'server', id, name },
      outcome: 'success',
      details: { host, connection },
    });
  }
}

/** A failed call to an agent as the answer to whoever asked for it. */
export function agentUnreachable(error: AgentCallError): AppError {
  return new AppError(
    AGENT_UNREACHABLE,
    error.message,
    { layer: error.layer, cause: error.code },
    { cause: error },
  );
}
