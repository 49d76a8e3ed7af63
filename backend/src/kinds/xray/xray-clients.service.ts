import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/index.js';
import { MANAGER_CONFIG } from '../../platform/config/index.js';
import type { ManagerConfig } from '../../platform/config/index.js';
import { randomToken, sha256 } from '../../platform/crypto/index.js';
import { TransactionRunner } from '../../platform/database/index.js';
import { AppError } from '../../platform/errors/index.js';
import type { Actor } from '../../platform/http/index.js';
import { qrSvg } from './qr-code.js';
import { shareLinksFor } from './share-links.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';
import { TrafficRepository } from './traffic.repository.js';
import type {
  CreateXrayClient,
  UpdateXrayClient,
  XrayClientChange,
  XrayClientList,
  XrayClientRemoval,
  XrayClientView,
  XrayLinkList,
  XraySubscription,
} from './xray-clients.schema.js';
import { XrayClient } from './xray-config.schema.js';
import type { XrayConfig } from './xray-config.schema.js';
import { XrayDeployments } from './xray-deployments.js';
import type { OpenedXray } from './xray-deployments.js';
import {
  XRAY_CLIENT_NAME_TAKEN,
  XRAY_CLIENT_NOT_FOUND,
  XRAY_LINK_NOT_FOUND,
} from './xray-host.errors.js';

/** Who may connect to an Xray. A change is a new version of the deployment's configuration, and is applied. */
@Injectable()
export class XrayClients {
  constructor(
    private readonly xrays: XrayDeployments,
    private readonly traffic: TrafficRepository,
    private readonly subscriptions: SubscriptionsRepository,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
  ) {}

  /** Clients with their traffic. @throws AppError deployment_not_found, not_an_xray_deployment */
  async list(id: string): Promise<XrayClientList> {
    const { config } = await this.xrays.desired(id);
    const { readAt, problem } = await this.traffic.lastReading(id);
    const view = await this.viewer(id);
    return {
      items: config.clients.map(view),
      traffic_read_at: readAt?.toISOString() ?? null,
      traffic_problem: problem,
    };
  }

  /** Adds a client with credentials of its own. @throws AppError xray_client_name_taken */
  async add(id: string, wanted: CreateXrayClient, actor: Actor): Promise<XrayClientChange> {
    const xray = await this.xrays.desired(id);
    refuseTakenName(xray.config, wanted.name);
    const client = XrayClient.parse(wanted);
    const clients = [...xray.config.clients, client];
    return this.changed(xray, clients, client, `Client “${client.name}” added`, actor);
  }

  /** Renames, enables or disables a client. @throws AppError xray_client_not_found, xray_client_name_taken */
  async update(
    id: string,
    clientId: string,
    changes: UpdateXrayClient,
    actor: Actor,
  ): Promise<XrayClientChange> {
    const xray = await this.xrays.desired(id);
    const known = clientOf(xray.config, clientId);
    const { name = known.name, enabled = known.enabled } = changes;
    refuseTakenName(xray.config, name, clientId);
    const client = { ...known, name, enabled };
    const clients = xray.config.clients.map((each) => (each.id === clientId ? client : each));
    return this.changed(xray, clients, client, `Client “${name}” changed`, actor);
  }

  /** Removes a client; its subscription stops working at once. @throws AppError xray_client_not_found */
  async remove(id: string, clientId: string, actor: Actor): Promise<XrayClientRemoval> {
    const xray = await this.xrays.desired(id);
    const { name } = clientOf(xray.config, clientId);
    const clients = xray.config.clients.filter((client) => client.id !== clientId);
    const config = { ...xray.config, clients };
    const { operationId } = await this.xrays.change(
      xray,
      config,
      `Client “${name}” removed`,
      actor,
    );
    await this.transactions.run(({ manager }) =>
      this.subscriptions.remove(manager, { deploymentId: id, clientId }),
    );
    return { operation_id: operationId };
  }

  /** A client's share links. They are secrets: who has them may connect. */
  async links(id: string, clientId: string): Promise<XrayLinkList> {
    const { config } = await this.xrays.desired(id);
    const applied = await this.appliedUrls(id, clientId);
    const items = shareLinksFor(config, clientOf(config, clientId)).map(({ inbound, url }) => ({
      inbound,
      type: config.inbounds.find(({ tag }) => tag === inbound)?.type ?? '',
      url,
      applied: applied.has(url),
    }));
    return { items };
  }

  /** A link as a QR code. @throws AppError xray_link_not_found */
  async qr(id: string, clientId: string, inbound: string | undefined): Promise<string> {
    const { items } = await this.links(id, clientId);
    const link = inbound === undefined ? items[0] : items.find((item) => item.inbound === inbound);
    if (link) return qrSvg(link.url);
    throw new AppError(XRAY_LINK_NOT_FOUND, 'The client has no link for this inbound.');
  }

  /** Makes a subscription address; an older one of the client stops working. */
  async subscribe(id: string, clientId: string, actor: Actor): Promise<XraySubscription> {
    const { config } = await this.xrays.desired(id);
    const { name } = clientOf(config, clientId);
    const token = randomToken();
    await this.transactions.run(async ({ manager }) => {
      await this.subscriptions.put(manager, { deploymentId: id, clientId }, sha256(token));
      await this.audit.record(manager, {
        actor,
        action: 'xray_subscription.create',
        object: { type: 'deployment', id, name: 'xray' },
        outcome: 'success',
        details: { client_id: clientId, client_name: name },
      });
    });
    const path = `/sub/${token}`;
    return { path, url: new URL(path, this.base()).href, created_at: new Date().toISOString() };
  }

  /** Revokes the subscription of a client. Revoking twice is the same as once. */
  async unsubscribe(id: string, clientId: string, actor: Actor): Promise<void> {
    await this.xrays.desired(id);
    await this.transactions.run(async ({ manager }) => {
      const owner = { deploymentId: id, clientId };
      if (!(await this.subscriptions.remove(manager, owner))) return;
      await this.audit.record(manager, {
        actor,
        action: 'xray_subscription.revoke',
        object: { type: 'deployment', id, name: 'xray' },
        outcome: 'success',
        details: { client_id: clientId },
      });
    });
  }

  private async changed(
    xray: OpenedXray,
    clients: readonly XrayClient[],
    client: XrayClient,
    note: string,
    actor: Actor,
  ): Promise<XrayClientChange> {
    const config = { ...xray.config, clients: [...clients] };
    const { operationId } = await this.xrays.change(xray, config, note, actor);
    const view = await this.viewer(xray.deployment.id);
    return { client: view(client), operation_id: operationId };
  }

  private async viewer(id: string): Promise<(client: XrayClient) => XrayClientView> {
    const totals = await this.traffic.totals(id);
    const subscriptions = await this.subscriptions.ofDeployment(id);
    return ({ id: clientId, name, enabled, created_at: createdAt }) => {
      const traffic = totals.get(clientId);
      const subscription = subscriptions.get(clientId);
      return {
        id: clientId,
        name,
        enabled,
        created_at: createdAt,
        traffic: {
          uplink_bytes: String(traffic?.uplink ?? 0n),
          downlink_bytes: String(traffic?.downlink ?? 0n),
        },
        subscription: subscription
          ? {
              created_at: subscription.createdAt.toISOString(),
              last_used_at: subscription.lastUsedAt?.toISOString() ?? null,
            }
          : null,
      };
    };
  }

  private async appliedUrls(id: string, clientId: string): Promise<ReadonlySet<string>> {
    const applied = await this.xrays.applied(id);
    const client = applied?.config.clients.find((each) => each.id === clientId);
    if (!applied || client?.enabled !== true) return new Set();
    return new Set(shareLinksFor(applied.config, client).map(({ url }) => url));
  }

  /** Where people reach the manager. */
  private base(): string {
    const { public_url: url, listen } = this.config;
    if (url !== undefined) return url;
    const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
    return `${listen.tls ? 'https' : 'http'}://${host}:${String(listen.port)}`;
  }
}

function clientOf({ clients }: XrayConfig, id: string): XrayClient {
  const client = clients.find((each) => each.id === id);
  if (client) return client;
  throw new AppError(XRAY_CLIENT_NOT_FOUND, `There is no client with the id ${id}.`);
}

function refuseTakenName({ clients }: XrayConfig, name: string, exceptId?: string): void {
  const isTaken = clients.some(
    (client) => client.id !== exceptId && client.name.toLowerCase() === name.toLowerCase(),
  );
  if (!isTaken) return;
  throw new AppError(XRAY_CLIENT_NAME_TAKEN, `Another client is called “${name}”.`);
}
