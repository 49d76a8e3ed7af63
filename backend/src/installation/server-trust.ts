import { X509Certificate } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AgentsService } from '../agents/index.js';
import { AuditService } from '../audit/index.js';
import {
  AgentCallError,
  fetchCertificate,
  normaliseFingerprint,
} from '../platform/agent-client/index.js';
import { CertificateAuthority } from '../platform/crypto/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { probeSsh } from '../platform/ssh/probe-ssh.js';
import type { SshProbe, SshProbeRequest } from '../platform/ssh/probe-ssh.js';
import { HostKeyChangedError } from '../platform/ssh/ssh-errors.js';
import type { SshHop } from '../platform/ssh/ssh-target.js';
import {
  CONNECTION_MISMATCH,
  ServerEditor,
  ServerLogins,
  ServersService,
} from '../servers/index.js';
import type { JumpHostLogin, Server, ServerDetails, ServerStatus } from '../servers/index.js';
import { CERTIFICATE_MISMATCH, HOST_KEY_MISMATCH, SSH_UNREACHABLE } from './installation.errors.js';
import type {
  AcceptHostKey,
  CaCertificate,
  ProbeSsh,
  SshProbeResult,
} from './installation.schema.js';
import { agentUnreachable } from './server-enrolment.js';

const CERTIFICATE_TIMEOUT_MS = 10_000;

/** Shows who answers at an address, and lets a person accept a changed host key or certificate. */
@Injectable()
export class ServerTrust {
  constructor(
    private readonly servers: ServersService,
    private readonly logins: ServerLogins,
    private readonly editor: ServerEditor,
    private readonly agents: AgentsService,
    private readonly audit: AuditService,
    private readonly authority: CertificateAuthority,
    private readonly transactions: TransactionRunner,
  ) {}

  /** Looks at an SSH server. Sends it no credential. @throws AppError host_key_mismatch for the jump host */
  async probe({ host, port, jump_host: jumpHost }: ProbeSsh): Promise<SshProbeResult> {
    const probe = await this.look({
      host,
      port,
      ...(jumpHost ? { jumpHost: hopOf(jumpHost) } : {}),
    });
    if (probe.reachable) {
      const { hostKey, hostKeyAlgorithms, banner } = probe;
      const host_key = { ...hostKey };
      const host_key_algorithms = [...hostKeyAlgorithms];
      return { reachable: true, host_key, host_key_algorithms, banner, problem: null };
    }
    const { layer, code, message } = probe;
    return {
      reachable: false,
      host_key: null,
      host_key_algorithms: [],
      banner: null,
      problem: { layer, code, message },
    };
  }

  /**
   * Pins another host key, when it is the one presented now.
   *
   * @throws AppError server_not_found, connection_mismatch, ssh_unreachable, host_key_mismatch
   */
  async acceptHostKey(
    id: string,
    { fingerprint, hop }: AcceptHostKey,
    actor: Actor,
  ): Promise<ServerDetails> {
    const server = await this.servers.get(id);
    const probe = await this.look(await this.addressOf(server, hop));
    if (!probe.reachable) {
      const { layer, code, message } = probe;
      throw new AppError(SSH_UNREACHABLE, message, { layer, cause: code });
    }
    const { hostKey } = probe;
    if (hostKey.fingerprint !== fingerprint) throw otherKey(hostKey.fingerprint);
    const previous =
      hop === 'server' ? server.hostKeyFingerprint : server.jumpHost?.host_key_fingerprint;
    return this.accept(
      id,
      actor,
      'server.accept_host_key',
      { hop, previous, accepted: fingerprint },
      (manager, current) =>
        hop === 'server'
          ? this.servers.pinHostKey(manager, id, hostKey)
          : this.pinJumpHostKey(manager, current, fingerprint),
    );
  }

  /**
   * Pins another certificate of a server's agent, when it is the one presented now.
   *
   * @throws AppError server_not_found, agent_not_installed, agent_unreachable, certificate_mismatch
   */
  async acceptCertificate(id: string, accepted: string, actor: Actor): Promise<ServerDetails> {
    const { host } = await this.servers.get(id);
    const { certificate_fingerprint: previous, rpc_port: port } = await this.agents.describe(id);
    const presented = await this.presentedCertificate(host, port);
    if (presented.fingerprint !== normaliseFingerprint(accepted)) {
      throw new AppError(
        CERTIFICATE_MISMATCH,
        `The agent presents a certificate with SHA-256 ${presented.fingerprint}. Compare that one on the server.`,
        { seen: presented.fingerprint },
      );
    }
    const details = { previous, accepted: presented.fingerprint };
    return this.accept(id, actor, 'server.accept_certificate', details, (manager) =>
      this.agents.pinCertificate(manager, id, presented),
    );
  }

  /** The authority that agents of this installation are given to trust. */
  ca(): CaCertificate {
    const { certificate } = this.authority;
    const { fingerprint256 } = new X509Certificate(certificate);
    return { certificate, fingerprint: normaliseFingerprint(fingerprint256) };
  }

  private async accept(
    id: string,
    actor: Actor,
    action: string,
    details: Readonly<Record<string, unknown>>,
    pin: (manager: EntityManager, server: Server) => Promise<void>,
  ): Promise<ServerDetails> {
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const server = await this.servers.lock(manager, id);
      await pin(manager, server);
      await this.leaveChanged(manager, server);
      await this.audit.record(manager, {
        actor,
        action,
        object: { type: 'server', id, name: server.name },
        outcome: 'success',
        details,
      });
      transaction.afterCommit(() => this.servers.announce(id));
    });
    return this.editor.details(id);
  }

  /** Back to what is known of the server without the key: the next heartbeat or installation tells more. */
  private async leaveChanged(manager: EntityManager, server: Server): Promise<void> {
    const from: readonly ServerStatus[] = ['host_key_changed', 'certificate_changed'];
    const identity = await this.agents.identityOf(server.id, manager);
    const isInstalled = identity !== null && identity.certificateFingerprint !== null;
    await this.servers.changeStatus(manager, server.id, {
      from,
      status: isInstalled ? 'offline' : 'new',
      cause: isInstalled
        ? { layer: 'agent', code: 'awaiting_heartbeat', message: 'Waiting for the next heartbeat.' }
        : null,
    });
  }

  private async pinJumpHostKey(
    manager: EntityManager,
    { id, jumpHost }: Server,
    fingerprint: string,
  ): Promise<void> {
    if (!jumpHost) throw noSsh('This server has no jump host.');
    await this.servers.update(manager, id, {
      jumpHost: { ...jumpHost, host_key_fingerprint: fingerprint },
    });
  }

  private async addressOf(server: Server, hop: AcceptHostKey['hop']): Promise<SshProbeRequest> {
    const target = await this.logins.target(server);
    if (hop === 'jump_host') {
      if (!target.jumpHost) throw noSsh('This server has no jump host.');
      return { host: target.jumpHost.host, port: target.jumpHost.port };
    }
    const { host, port, jumpHost } = target;
    return { host, port, ...(jumpHost ? { jumpHost } : {}) };
  }

  private async look(request: SshProbeRequest): Promise<SshProbe> {
    try {
      return await probeSsh(request);
    } catch (error) {
      if (error instanceof HostKeyChangedError) throw otherKey(error.seen, error.message);
      throw error;
    }
  }

  private async presentedCertificate(host: string, port: number) {
    try {
      return await fetchCertificate({
        host,
        port,
        clientCertificate: this.authority.clientCertificate,
        timeoutMs: CERTIFICATE_TIMEOUT_MS,
      });
    } catch (error) {
      if (error instanceof AgentCallError) throw agentUnreachable(error);
      throw error;
    }
  }
}

function hopOf({ host, port, username, auth, host_key: hostKey }: JumpHostLogin): SshHop {
  return {
    host,
    port,
    username,
    auth:
      auth.type === 'password'
        ? auth
        : {
            type: 'private_key',
            privateKey: auth.private_key,
            ...(auth.passphrase === undefined ? {} : { passphrase: auth.passphrase }),
          },
    hostKey,
  };
}

function otherKey(seen: string, message?: string): AppError {
  return new AppError(
    HOST_KEY_MISMATCH,
    message ?? `The server presents the host key ${seen}. Compare that one on its console.`,
    { seen },
  );
}

function noSsh(detail: string): AppError {
  return new AppError(CONNECTION_MISMATCH, detail);
}
