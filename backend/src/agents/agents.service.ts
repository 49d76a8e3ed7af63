import { randomInt } from 'node:crypto';
import { AgentConfig } from '@myx/protocol';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AgentClient } from '../platform/agent-client/index.js';
import { normaliseFingerprint } from '../platform/agent-client/index.js';
import {
  CertificateAuthority,
  randomToken,
  SecretBox,
  sha256Hex,
} from '../platform/crypto/index.js';
import type { Secret } from '../platform/crypto/index.js';
import { AppError } from '../platform/errors/index.js';
import { LOCAL_HOST, ServersService } from '../servers/index.js';
import { AgentClients } from './agent-clients.js';
import type { Agent } from './agent.entity.js';
import { randomAgentPort } from './agent-ports.js';
import { AGENT_NOT_INSTALLED, AGENT_PORT_FIXED, NO_AGENT_PORT_LEFT } from './agents.errors.js';
import { AgentsRepository } from './agents.repository.js';
import type { AgentDescription } from './agents.schema.js';
import { secretKeyPlace, tokenPlace } from './agent-secrets.js';

/** How the manager finds and recognises the agent of a server. */
export interface AgentIdentity {
  readonly serverId: string;
  readonly rpcPort: number;
  readonly rpcPath: string;
  readonly token: Secret;
  /** Key of the request signatures, base64url of 256 bits. */
  readonly secretKey: Secret;
  /** SHA-256 over the DER bytes, lower-case hex; null until it is pinned. */
  readonly certificateFingerprint: string | null;
  readonly certificatePem: string | null;
}

/** An identity that an agent already has, told by a person. */
export type AdoptedIdentity = Omit<
  AgentIdentity,
  'serverId' | 'certificateFingerprint' | 'certificatePem'
> & { readonly certificateFingerprint: string; readonly certificatePem: string };

const PATH_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const PATH_LENGTH = { min: 16, max: 32 } as const;

/** The rules of agents' identities: assigned by the manager, unique, secret, pinned. */
@Injectable()
export class AgentsService {
  constructor(
    private readonly repository: AgentsRepository,
    private readonly servers: ServersService,
    private readonly secretBox: SecretBox,
    private readonly authority: CertificateAuthority,
    private readonly clients: AgentClients,
  ) {}

  /**
   * Gives a server's agent its port, path, token and key; a second call answers the same ones.
   *
   * @throws AppError no_agent_port_left
   */
  async assignIdentity(manager: EntityManager, serverId: string): Promise<AgentIdentity> {
    await this.repository.lockPorts(manager);
    const existing = await this.repository.find(serverId, manager);
    if (existing) return this.opened(existing);
    await this.insert(manager, serverId, 'assigned', {
      rpcPort: await this.freePort(manager),
      rpcPath: randomPath(),
      token: randomToken(),
      secretKey: randomToken(),
      certificateFingerprint: null,
      certificatePem: null,
    });
    return this.required(serverId, manager);
  }

  /** Takes over the identity of an agent that was installed by other means. */
  async adopt(manager: EntityManager, serverId: string, identity: AdoptedIdentity): Promise<void> {
    await this.repository.lockPorts(manager);
    await this.repository.delete(manager, serverId);
    await this.insert(manager, serverId, 'adopted', {
      ...identity,
      token: identity.token.reveal(),
      secretKey: identity.secretKey.reveal(),
      certificateFingerprint: normaliseFingerprint(identity.certificateFingerprint),
    });
  }

  /** The identity of a server's agent, or null when it has none. */
  async identityOf(serverId: string, manager?: EntityManager): Promise<AgentIdentity | null> {
    const agent = await this.repository.find(serverId, manager);
    return agent && this.opened(agent);
  }

  /**
   * Another port, because this one is taken on the host. Only before the agent has ever answered.
   *
   * @throws AppError agent_not_installed, agent_port_fixed, no_agent_port_left
   */
  async changePort(manager: EntityManager, serverId: string): Promise<AgentIdentity> {
    await this.repository.lockPorts(manager);
    const { lastHeartbeatAt } = await this.servers.get(serverId, manager);
    if (lastHeartbeatAt !== null) {
      throw new AppError(
        AGENT_PORT_FIXED,
        'This agent has answered on its port before; reinstall it to give it another one.',
      );
    }
    await this.required(serverId, manager);
    await this.repository.update(manager, serverId, { rpcPort: await this.freePort(manager) });
    return this.required(serverId, manager);
  }

  /** From now on only this certificate is accepted. @throws AppError agent_not_installed */
  async pinCertificate(
    manager: EntityManager,
    serverId: string,
    certificate: { readonly fingerprint: string; readonly pem: string },
  ): Promise<void> {
    const { certificateFingerprint, certificatePem } = await this.required(serverId, manager);
    const fingerprint = normaliseFingerprint(certificate.fingerprint);
    if (certificateFingerprint === fingerprint && certificatePem === certificate.pem) return;
    await this.repository.update(manager, serverId, {
      certificateFingerprint: fingerprint,
      certificatePem: certificate.pem,
    });
  }

  /**
   * What goes to `/etc/myx-agent/config.json` on the server: no token, only its digest.
   *
   * @throws AppError agent_not_installed
   */
  async agentConfig(serverId: string): Promise<AgentConfig> {
    const identity = await this.required(serverId);
    const { connection } = await this.servers.get(serverId);
    return AgentConfig.parse({
      agent_token_sha256: sha256Hex(identity.token.reveal()),
      secret_key: identity.secretKey.reveal(),
      rpc_port: identity.rpcPort,
      rpc_path: identity.rpcPath,
      ca: this.authority.certificate,
      // Nobody but the manager on the same machine has to reach it.
      ...(connection === 'local' ? { listen: LOCAL_HOST } : {}),
    });
  }

  /**
   * A connection to a server's agent. It is shared and stays open; do not close it. It is replaced when
   * the host or the identity changes, so ask again for each piece of work.
   *
   * @throws AppError agent_not_installed, agent_certificate_unknown
   */
  client(serverId: string): Promise<AgentClient> {
    return this.clients.get(serverId);
  }

  /** What may be shown of a server's agent. @throws AppError server_not_found, agent_not_installed */
  async describe(serverId: string): Promise<AgentDescription> {
    const server = await this.servers.get(serverId);
    const agent = await this.repository.find(serverId);
    if (!agent) throw notInstalled();
    return {
      server_id: serverId,
      origin: agent.origin,
      rpc_port: agent.rpcPort,
      certificate_fingerprint: agent.certificateFingerprint,
      version: server.agentVersion,
      last_heartbeat_at: server.lastHeartbeatAt?.toISOString() ?? null,
      created_at: agent.createdAt.toISOString(),
      updated_at: agent.updatedAt.toISOString(),
    };
  }

  /** Notes the id of the agent's state directory, as a heartbeat told it. */
  async noteStateEpoch(manager: EntityManager, serverId: string, epoch: string): Promise<void> {
    await this.repository.noteEpoch(manager, serverId, epoch);
  }

  /** Forgets the identity. The agent itself is not touched. */
  async remove(manager: EntityManager, serverId: string): Promise<void> {
    await this.repository.delete(manager, serverId);
  }

  private async insert(
    manager: EntityManager,
    serverId: string,
    origin: Agent['origin'],
    identity: Omit<AgentIdentity, 'serverId' | 'token' | 'secretKey'> & {
      readonly token: string;
      readonly secretKey: string;
    },
  ): Promise<void> {
    const { token, secretKey, ...columns } = identity;
    await this.repository.insert(manager, {
      ...columns,
      serverId,
      origin,
      tokenSealed: this.secretBox.seal(token, tokenPlace(serverId)),
      secretKeySealed: this.secretBox.seal(secretKey, secretKeyPlace(serverId)),
    });
  }

  private async required(serverId: string, manager?: EntityManager): Promise<AgentIdentity> {
    const identity = await this.identityOf(serverId, manager);
    if (!identity) throw notInstalled();
    return identity;
  }

  private opened(agent: Agent): AgentIdentity {
    const { serverId, rpcPort, rpcPath, certificateFingerprint, certificatePem } = agent;
    return {
      serverId,
      rpcPort,
      rpcPath,
      token: this.secretBox.open(agent.tokenSealed, tokenPlace(serverId)),
      secretKey: this.secretBox.open(agent.secretKeySealed, secretKeyPlace(serverId)),
      certificateFingerprint,
      certificatePem,
    };
  }

  private async freePort(manager: EntityManager): Promise<number> {
    const port = randomAgentPort(await this.repository.takenPorts(manager));
    if (port !== undefined) return port;
    throw new AppError(
      NO_AGENT_PORT_LEFT,
      'Every port for agents is in use. Remove servers that are no longer needed.',
    );
  }
}

function notInstalled(): AppError {
  return new AppError(AGENT_NOT_INSTALLED, 'Install the agent on this server first.');
}

function randomPath(): string {
  const length = randomInt(PATH_LENGTH.min, PATH_LENGTH.max + 1);
  const characters = Array.from(
    { length },
    () => PATH_CHARACTERS[randomInt(PATH_CHARACTERS.length)] ?? '',
  );
  return characters.join('');
}
