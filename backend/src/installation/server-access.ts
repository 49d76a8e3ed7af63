import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '../platform/database/index.js';
import type { HostKey } from '../platform/ssh/host-key.js';
import { probeSsh } from '../platform/ssh/probe-ssh.js';
import { sshError } from '../platform/ssh/ssh-errors.js';
import { SshTransport } from '../platform/ssh/ssh-transport.js';
import { LocalTransport } from '../platform/transport/local-transport.js';
import { ServerLogins, ServersService } from '../servers/index.js';
import type { Server } from '../servers/index.js';
import type { OpenedHost } from './install-session.js';

/** Opens the way to a server: over SSH, or to the manager's own machine. Pins host keys seen first. */
@Injectable()
export class ServerAccess {
  constructor(
    private readonly servers: ServersService,
    private readonly logins: ServerLogins,
    private readonly transactions: TransactionRunner,
  ) {}

  /**
   * Connects and logs in. A key that is pinned must be the one presented, or nothing is sent.
   *
   * @throws TransportError, HostKeyChangedError; AppError connection_mismatch without an SSH login.
   */
  async open(serverId: string, signal: AbortSignal): Promise<OpenedHost> {
    const server = await this.withPinnedJumpHost(serverId, signal);
    if (server.connection === 'local') return { transport: new LocalTransport(), hostKey: null };
    const transport = await SshTransport.open(await this.logins.target(server), { signal });
    try {
      await this.pinFirstSeen(server, transport.hostKey);
    } catch (error) {
      await transport.close();
      throw error;
    }
    return { transport, hostKey: transport.hostKey };
  }

  private async pinFirstSeen(server: Server, key: HostKey): Promise<void> {
    if (server.hostKeyFingerprint !== null && server.hostKeyAlgorithm !== null) return;
    await this.transactions.run(async ({ manager }) => {
      const { hostKeyFingerprint: pinned } = await this.servers.lock(manager, server.id);
      // Somebody else saw another first key in the meantime: that one stays, and this one is refused.
      if (pinned !== null && pinned !== key.fingerprint) {
        throw sshError('host_key', 'host_key_changed', 'Another host key was pinned meanwhile.');
      }
      await this.servers.pinHostKey(manager, server.id, key);
    });
  }

  /** A jump host whose first key is to be accepted is looked at once, and pinned, before it is used. */
  private async withPinnedJumpHost(serverId: string, signal: AbortSignal): Promise<Server> {
    const server = await this.servers.get(serverId);
    const { jumpHost } = server;
    if (jumpHost?.host_key_fingerprint !== null) return server;
    const { host, port } = jumpHost;
    const probe = await probeSsh({ host, port, signal });
    if (!probe.reachable) {
      throw sshError('jump_host', probe.code, `The jump host cannot be used. ${probe.message}`);
    }
    return this.transactions.run(async ({ manager }) => {
      const current = await this.servers.lock(manager, serverId);
      if (current.jumpHost?.host_key_fingerprint !== null) return current;
      const pinned = { ...current.jumpHost, host_key_fingerprint: probe.hostKey.fingerprint };
      return this.servers.update(manager, serverId, { jumpHost: pinned });
    });
  }
}
