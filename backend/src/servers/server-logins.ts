import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CredentialsService } from '../credentials/index.js';
import type { CredentialInput, CredentialSummary, OpenedCredential } from '../credentials/index.js';
import { AppError } from '../platform/errors/index.js';
import type { SshAuthentication, SshHop, SshTarget } from '../platform/ssh/ssh-target.js';
import type { JumpHost, Server } from './server.entity.js';
import { CONNECTION_MISMATCH } from './servers.errors.js';
import type { ServerChanges } from './servers.repository.js';
import type { NewServer } from './servers.service.js';
import type {
  HostKeyChoice,
  JumpHostLogin,
  SshLogin,
  SshLoginChanges,
} from './ssh-login.schema.js';

/** What may be shown of how a server is logged in to. */
export interface LoginDescription {
  readonly login: CredentialSummary;
  readonly jumpHost: CredentialSummary | null;
}

/** Keeps and opens the SSH logins of servers and of their jump hosts. */
@Injectable()
export class ServerLogins {
  constructor(private readonly credentials: CredentialsService) {}

  /** Stores a login and answers the server's columns for it. */
  async store(manager: EntityManager, login: SshLogin): Promise<NonNullable<NewServer['ssh']>> {
    return {
      port: login.port,
      credentialId: await this.credentials.save(manager, login),
      hostKeyFingerprint: pinOf(login.host_key),
      jumpHost: login.jump_host ? await this.storeJumpHost(manager, login.jump_host) : null,
    };
  }

  /**
   * Stores changes of a server's login and answers the changed columns.
   *
   * @throws AppError connection_mismatch when the server has no SSH login and the changes make none, or
   *   when they would set the host key of one that has.
   */
  async change(
    manager: EntityManager,
    server: Server,
    changes: SshLoginChanges,
  ): Promise<ServerChanges> {
    if (server.connection === 'local') throw mismatch('This server is the manager’s own machine.');
    if (server.credentialId === null) return this.addLogin(manager, changes);
    if (changes.host_key) {
      throw mismatch('The host key of this server is pinned; accept a changed one instead.');
    }
    const { username, auth, sudo_password: sudo } = changes;
    if (username !== undefined || auth !== undefined || sudo !== undefined) {
      const stored = asInput(await this.credentials.open(server.credentialId));
      const sudoPassword = sudo === undefined ? stored.sudo_password : (sudo ?? undefined);
      await this.credentials.replace(manager, server.credentialId, {
        username: username ?? stored.username,
        auth: auth ?? stored.auth,
        sudo_password: sudoPassword,
      });
    }
    return {
      ...(changes.port === undefined ? {} : { sshPort: changes.port }),
      ...(await this.changeJumpHost(manager, server.jumpHost, changes.jump_host)),
    };
  }

  /**
   * Where and how to connect, with the secrets opened. The host key is the pinned one, or the first seen
   * when none is pinned yet.
   *
   * @throws AppError connection_mismatch when the server has no SSH login.
   */
  async target(server: Server): Promise<SshTarget> {
    if (server.credentialId === null || server.sshPort === null) {
      throw mismatch('This server has no SSH login. Add one to it first.');
    }
    const opened = await this.credentials.open(server.credentialId);
    const sudoPassword = opened.sudoPassword?.reveal();
    const jumpHost = server.jumpHost && (await this.jumpHop(server.jumpHost));
    return {
      host: server.host,
      port: server.sshPort,
      username: opened.username,
      auth: authenticationOf(opened),
      hostKey: policyOf(server.hostKeyFingerprint, server.hostKeyAlgorithm),
      ...(sudoPassword === undefined ? {} : { sudoPassword }),
      ...(jumpHost ? { jumpHost } : {}),
    };
  }

  /** What may be shown of a server's login; null when it has none. */
  async describe(manager: EntityManager, server: Server): Promise<LoginDescription | null> {
    if (server.credentialId === null) return null;
    return {
      login: await this.credentials.describe(manager, server.credentialId),
      jumpHost:
        server.jumpHost &&
        (await this.credentials.describe(manager, server.jumpHost.credential_id)),
    };
  }

  /** Forgets the logins of a server whose record was removed. */
  async forget(manager: EntityManager, server: Server): Promise<void> {
    if (server.credentialId !== null) await this.credentials.remove(manager, server.credentialId);
    if (server.jumpHost) await this.credentials.remove(manager, server.jumpHost.credential_id);
  }

  private async addLogin(manager: EntityManager, changes: SshLoginChanges): Promise<ServerChanges> {
    const { username, auth, host_key: hostKey, sudo_password: sudo } = changes;
    if (username === undefined || auth === undefined || hostKey === undefined) {
      throw mismatch('This server has no SSH login yet: give username, auth and host_key.');
    }
    const stored = await this.store(manager, {
      port: changes.port ?? 22,
      username,
      auth,
      host_key: hostKey,
      ...(typeof sudo === 'string' ? { sudo_password: sudo } : {}),
      ...(changes.jump_host ? { jump_host: changes.jump_host } : {}),
    });
    return {
      connection: 'ssh',
      sshPort: stored.port,
      credentialId: stored.credentialId,
      hostKeyFingerprint: stored.hostKeyFingerprint,
      jumpHost: stored.jumpHost,
    };
  }

  private async changeJumpHost(
    manager: EntityManager,
    current: JumpHost | null,
    change: JumpHostLogin | null | undefined,
  ): Promise<ServerChanges> {
    if (change === undefined) return {};
    if (current) await this.credentials.remove(manager, current.credential_id);
    return { jumpHost: change && (await this.storeJumpHost(manager, change)) };
  }

  private async storeJumpHost(manager: EntityManager, login: JumpHostLogin): Promise<JumpHost> {
    return {
      host: login.host,
      port: login.port,
      host_key_fingerprint: pinOf(login.host_key),
      credential_id: await this.credentials.save(manager, login),
    };
  }

  private async jumpHop(jumpHost: JumpHost): Promise<SshHop> {
    const opened = await this.credentials.open(jumpHost.credential_id);
    return {
      host: jumpHost.host,
      port: jumpHost.port,
      username: opened.username,
      auth: authenticationOf(opened),
      hostKey: policyOf(jumpHost.host_key_fingerprint, null),
    };
  }
}

function pinOf(choice: HostKeyChoice): string | null {
  return 'fingerprint' in choice ? choice.fingerprint : null;
}

function policyOf(fingerprint: string | null, algorithm: string | null): SshHop['hostKey'] {
  if (fingerprint === null) return { accept: 'first_seen' };
  return { fingerprint, ...(algorithm === null ? {} : { algorithm }) };
}

function authenticationOf({ auth }: OpenedCredential): SshAuthentication {
  if (auth.type === 'password') return { type: 'password', password: auth.password.reveal() };
  const passphrase = auth.passphrase?.reveal();
  return {
    type: 'private_key',
    privateKey: auth.privateKey.reveal(),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

function asInput(opened: OpenedCredential): CredentialInput {
  const authentication = authenticationOf(opened);
  return {
    username: opened.username,
    auth:
      authentication.type === 'password'
        ? authentication
        : {
            type: 'private_key',
            private_key: authentication.privateKey,
            ...(authentication.passphrase === undefined
              ? {}
              : { passphrase: authentication.passphrase }),
          },
    sudo_password: opened.sudoPassword?.reveal(),
  };
}

function mismatch(detail: string): AppError {
  return new AppError(CONNECTION_MISMATCH, detail);
}
