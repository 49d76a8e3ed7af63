import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { AgentClient } from '../platform/agent-client/index.js';
import { UndiciAgentClient } from '../platform/agent-client/index.js';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { CertificateAuthority, SecretBox } from '../platform/crypto/index.js';
import { AppError } from '../platform/errors/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { secretKeyPlace, tokenPlace } from './agent-secrets.js';
import type { Agent } from './agent.entity.js';
import { AGENT_CERTIFICATE_UNKNOWN, AGENT_NOT_INSTALLED } from './agents.errors.js';
import { AgentsRepository } from './agents.repository.js';
import type { AgentAddress } from './agents.repository.js';

/** Longest time for name lookup, TCP and TLS of one connection. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Share of an attempt's deadline after which a connection that is not there yet is the cause. */
const CONNECT_SHARE = 0.5;

interface Entry {
  readonly address: AgentAddress;
  readonly client: AgentClient;
}

/**
 * One open client per agent. Before each use the host and the version of the identity are compared with
 * the database, so that all instances of the manager notice a change at once.
 */
@Injectable()
export class AgentClients implements OnApplicationShutdown {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly repository: AgentsRepository,
    private readonly secretBox: SecretBox,
    private readonly authority: CertificateAuthority,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws AppError agent_not_installed, agent_certificate_unknown */
  async get(serverId: string): Promise<AgentClient> {
    const address = await this.repository.address(serverId);
    const entry = this.entries.get(serverId);
    if (entry && isSame(entry.address, address)) return entry.client;
    const agent = address && (await this.repository.find(serverId));
    if (!address || !agent) {
      await this.drop(serverId);
      throw new AppError(AGENT_NOT_INSTALLED, 'Install the agent on this server first.');
    }
    return this.replace({ host: address.host, version: agent.version }, agent);
  }

  /** Closes all connections. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.entries.keys()].map((serverId) => this.drop(serverId)));
  }

  private async replace(address: AgentAddress, agent: Agent): Promise<AgentClient> {
    // Two callers may arrive here together; the second one takes what the first one made.
    const current = this.entries.get(agent.serverId);
    if (current && isSame(current.address, address)) return current.client;
    const client = this.build(address.host, agent);
    this.entries.set(agent.serverId, { address, client });
    await current?.client.close();
    return client;
  }

  private build(host: string, agent: Agent): AgentClient {
    const { serverId, certificatePem: pem, certificateFingerprint: fingerprint } = agent;
    if (pem === null || fingerprint === null) {
      throw new AppError(
        AGENT_CERTIFICATE_UNKNOWN,
        'The installation of this agent did not get as far as its certificate. Install or repair it.',
      );
    }
    const { rpc, heartbeat } = this.config;
    // Shorter than any attempt: else its deadline passes first and hides that nothing answered at all.
    const shortest = Math.min(rpc.timeout_seconds, heartbeat.timeout_seconds) * 1000;
    return new UndiciAgentClient({
      endpoint: {
        host,
        port: agent.rpcPort,
        path: agent.rpcPath,
        token: this.secretBox.open(agent.tokenSealed, tokenPlace(serverId)),
        secretKey: this.secretBox.open(agent.secretKeySealed, secretKeyPlace(serverId)),
        certificate: { pem, fingerprint },
      },
      clientCertificate: this.authority.clientCertificate,
      connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, shortest * CONNECT_SHARE),
      timeoutMs: rpc.timeout_seconds * 1000,
      retry: { retries: rpc.retries, baseMs: rpc.retry_base_seconds * 1000 },
      logger: this.logger.child({ serverId }),
    });
  }

  private async drop(serverId: string): Promise<void> {
    const entry = this.entries.get(serverId);
    this.entries.delete(serverId);
    await entry?.client.close();
  }
}

function isSame(a: AgentAddress, b: AgentAddress | undefined): boolean {
  return a.host === b?.host && a.version === b.version;
}
