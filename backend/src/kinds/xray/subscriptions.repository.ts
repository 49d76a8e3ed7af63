import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';

/** Whom a subscription belongs to. */
export interface SubscriptionOwner {
  readonly deploymentId: string;
  readonly clientId: string;
}

/** A subscription as it may be shown: its token is not known any more. */
export interface StoredSubscription {
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** Subscriptions of clients: one each, known by the digest of its token. */
@Injectable()
export class SubscriptionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores a new token; an older one stops working. */
  async put(manager: EntityManager, owner: SubscriptionOwner, tokenHash: Buffer): Promise<void> {
    await manager.query(
      `INSERT INTO xray_subscriptions (deployment_id, client_id, token_hash, created_at)
       VALUES ($1, $2, $3, now())
       ON CONFLICT (deployment_id, client_id) DO UPDATE SET
         token_hash = excluded.token_hash, created_at = excluded.created_at, last_used_at = NULL`,
      [owner.deploymentId, owner.clientId, tokenHash],
    );
  }

  /** Removes a subscription; answers whether there was one. */
  async remove(manager: EntityManager, owner: SubscriptionOwner): Promise<boolean> {
    const [rows] = await manager.query<[unknown[], number]>(
      `DELETE FROM xray_subscriptions WHERE deployment_id = $1 AND client_id = $2
       RETURNING client_id`,
      [owner.deploymentId, owner.clientId],
    );
    return rows.length > 0;
  }

  /** Subscriptions of a deployment by the ids of its clients. */
  async ofDeployment(deploymentId: string): Promise<ReadonlyMap<string, StoredSubscription>> {
    const rows = await this.dataSource.query<
      { client_id: string; created_at: Date; last_used_at: Date | null }[]
    >(
      'SELECT client_id, created_at, last_used_at FROM xray_subscriptions WHERE deployment_id = $1',
      [deploymentId],
    );
    return new Map(
      rows.map((row) => [
        row.client_id,
        { createdAt: row.created_at, lastUsedAt: row.last_used_at },
      ]),
    );
  }

  /** Whose token this is the digest of, and notes that it was used. */
  async use(tokenHash: Buffer): Promise<SubscriptionOwner | null> {
    const [rows] = await this.dataSource.query<
      [{ deployment_id: string; client_id: string }[], number]
    >(
      `UPDATE xray_subscriptions SET last_used_at = now() WHERE token_hash = $1
       RETURNING deployment_id, client_id`,
      [tokenHash],
    );
    const [row] = rows;
    return row ? { deploymentId: row.deployment_id, clientId: row.client_id } : null;
  }
}
