import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/index.js';
import { Secret } from '../platform/crypto/index.js';
import { newRowId, TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { pageFrom } from '../platform/http/index.js';
import type { Actor, Page } from '../platform/http/index.js';
import type { ApiToken } from './api-token.entity.js';
import { ApiTokensRepository } from './api-tokens.repository.js';
import { ROLE_TOO_HIGH, TOKEN_NAME_TAKEN, TOKEN_NOT_FOUND } from './auth.errors.js';
import { timeCursor } from './cursors.js';
import { freshApiToken } from './opaque-tokens.js';
import { isWithin } from './roles.js';
import type { Role } from './roles.js';

/** Days an API token lives: unless told otherwise, and at most. */
export const TOKEN_DAYS = { default: 90, max: 365 } as const;

/** A token to make. */
export interface TokenRequest {
  readonly name: string;
  readonly role: Role;
  readonly expiresInDays: number;
}

/** A token that was just made. */
export interface CreatedToken {
  readonly token: ApiToken;
  /** To be shown once; it cannot be had again. */
  readonly secret: Secret;
}

const SECONDS_PER_DAY = 86_400;

/** Manages the tokens with which programs use the API. */
@Injectable()
export class ApiTokensService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly tokens: ApiTokensRepository,
    private readonly audit: AuditService,
  ) {}

  /** A page of the tokens that are not revoked, in the order of their creation. */
  async list(limit: number, cursor?: string): Promise<Page<ApiToken>> {
    const rows = await this.tokens.list(limit + 1, timeCursor(cursor));
    return pageFrom(
      rows,
      limit,
      ({ createdAt, id }) => [createdAt.toISOString(), id],
      (token) => token,
    );
  }

  /**
   * Makes a token with at most the actor's own role. It belongs to `ownerId`: it is bounded by that user's
   * role for ever, and revoked when the user is disabled.
   *
   * @throws AppError role_too_high, token_name_taken
   */
  async create(actor: Actor, ownerId: string | null, request: TokenRequest): Promise<CreatedToken> {
    const { name, role, expiresInDays } = request;
    if (!isWithin(role, actor.role)) {
      throw new AppError(ROLE_TOO_HIGH, `You can give away the role ${actor.role} at most.`);
    }
    const fresh = freshApiToken();
    const token = await this.transactions.run(async ({ manager }) => {
      const row = await this.tokens.insert(manager, {
        id: newRowId(),
        name,
        prefix: fresh.prefix,
        secretHash: fresh.hash,
        role,
        ownerId,
        lifetimeSeconds: expiresInDays * SECONDS_PER_DAY,
      });
      if (row === null) {
        throw new AppError(
          TOKEN_NAME_TAKEN,
          `There is an API token ${name} already. Revoke it or choose another name.`,
        );
      }
      await this.audit.record(manager, {
        actor,
        action: 'api_token.create',
        object: { type: 'api_token', id: row.id, name },
        outcome: 'success',
        details: { role, prefix: row.prefix, expires_at: row.expiresAt },
      });
      return row;
    });
    return { token, secret: new Secret(fresh.value) };
  }

  /** Makes a token useless at once. @throws AppError token_not_found */
  async revoke(actor: Actor, id: string): Promise<void> {
    const token = await this.tokens.find(id);
    await this.transactions.run(async ({ manager }) => {
      if (token === null || !(await this.tokens.revoke(manager, id))) {
        throw new AppError(TOKEN_NOT_FOUND, 'The API token does not exist or is revoked already.');
      }
      await this.audit.record(manager, {
        actor,
        action: 'api_token.delete',
        object: { type: 'api_token', id, name: token.name },
        outcome: 'success',
      });
    });
  }

  /** The id of the token of this name that is not revoked. @throws AppError token_not_found */
  async idOf(name: string): Promise<string> {
    const token = await this.tokens.findByName(name);
    if (token) return token.id;
    throw new AppError(TOKEN_NOT_FOUND, `There is no API token ${name} that is not revoked.`);
  }
}
