import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { ApiToken } from './api-token.entity.js';
import type { Role } from './roles.js';

/** A valid token and the role that bounds it. */
export interface LiveToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Role of the user it belongs to; null for tokens made on the command line. */
  readonly ownerRole: Role | null;
  readonly ownerId: string | null;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date;
}

/** A token to store. */
export type NewToken = Pick<
  ApiToken,
  'id' | 'name' | 'prefix' | 'secretHash' | 'role' | 'ownerId'
> & { readonly lifetimeSeconds: number };

/** SQL of API tokens. All times are the database's. */
@Injectable()
export class ApiTokensRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The token of a secret if it is neither revoked nor expired and its owner is enabled. */
  async findLive(secretHash: Buffer): Promise<LiveToken | null> {
    const rows = await this.dataSource.query<LiveToken[]>(
      `SELECT t.id, t.name, t.role, u.role AS "ownerRole", t.owner_id AS "ownerId",
              t.last_used_at AS "lastUsedAt", t.expires_at AS "expiresAt"
         FROM api_tokens t LEFT JOIN users u ON u.id = t.owner_id
        WHERE t.secret_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > now()
          AND (t.owner_id IS NULL OR NOT u.disabled)`,
      [secretHash],
    );
    return rows[0] ?? null;
  }

  /** Notes that a token is in use, unless that was noted less than `everySeconds` ago. */
  async touch(id: string, everySeconds: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE api_tokens SET last_used_at = now() WHERE id = $1
          AND (last_used_at IS NULL OR last_used_at <= now() - make_interval(secs => $2))`,
      [id, everySeconds],
    );
  }

  /** Stores a token; null when a token that is not revoked has the name. */
  async insert(manager: EntityManager, token: NewToken): Promise<ApiToken | null> {
    const { id, name, prefix, secretHash, role, ownerId, lifetimeSeconds } = token;
    const rows = await manager.query<unknown[]>(
      `INSERT INTO api_tokens (id, name, prefix, secret_hash, role, owner_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
       ON CONFLICT (lower(name)) WHERE revoked_at IS NULL DO NOTHING RETURNING id`,
      [id, name, prefix, secretHash, role, ownerId, lifetimeSeconds],
    );
    return rows.length === 0 ? null : this.tokens(manager).findOneByOrFail({ id });
  }

  /** The token of this id, or null. */
  async find(id: string): Promise<ApiToken | null> {
    return this.tokens().findOneBy({ id });
  }

  /** The token of this name that is not revoked, or null. */
  async findByName(name: string): Promise<ApiToken | null> {
    return this.tokens()
      .createQueryBuilder('token')
      .where('lower(token.name) = lower(:name)', { name })
      .andWhere('token.revokedAt IS NULL')
      .getOne();
  }

  /** At most `limit` tokens that are not revoked, oldest first, from behind the given key. */
  async list(limit: number, after?: { createdAt: string; id: string }): Promise<ApiToken[]> {
    const query = this.tokens()
      .createQueryBuilder('token')
      .where('token.revokedAt IS NULL')
      .orderBy('token.createdAt', 'ASC')
      .addOrderBy('token.id', 'ASC')
      .limit(limit);
    if (after) {
      query.andWhere(
        '(token.createdAt, token.id) > (CAST(:createdAt AS timestamptz), CAST(:id AS uuid))',
        after,
      );
    }
    return query.getMany();
  }

  /** Revokes a token; false when it is gone or revoked already. */
  async revoke(manager: EntityManager, id: string): Promise<boolean> {
    const { affected } = await this.tokens(manager).update(
      { id, revokedAt: IsNull() },
      { revokedAt: () => 'now()' },
    );
    return affected === 1;
  }

  /** Revokes a user's tokens and answers how many. */
  async revokeOfOwner(manager: EntityManager, ownerId: string): Promise<number> {
    const { affected } = await this.tokens(manager).update(
      { ownerId, revokedAt: IsNull() },
      { revokedAt: () => 'now()' },
    );
    return affected ?? 0;
  }

  private tokens(manager?: EntityManager) {
    return (manager ?? this.dataSource).getRepository(ApiToken);
  }
}
