import { Inject, Injectable } from '@nestjs/common';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { sha256 } from '../platform/crypto/index.js';
import type { Actor } from '../platform/http/index.js';
import { ApiTokensRepository } from './api-tokens.repository.js';
import { clientOrigin, originOf, TrustedProxies } from './client-origin.js';
import type { ClientOrigin, IncomingRequest } from './client-origin.js';
import { looksLikeApiToken, looksLikeSessionSecret } from './opaque-tokens.js';
import { lowerRole } from './roles.js';
import type { Role } from './roles.js';
import { requestSource } from './same-origin.js';
import type { RequestSource } from './same-origin.js';
import { sessionSecretIn } from './session-cookie.js';
import { SessionsRepository } from './sessions.repository.js';

/** Who a request is from, and how that was proven. */
export interface Authentication {
  readonly actor: Actor;
  readonly role: Role;
  readonly via:
    | { readonly kind: 'session'; readonly sessionId: string }
    | { readonly kind: 'token'; readonly tokenId: string };
  /** The user behind the session or the token; null for tokens made on the command line. */
  readonly userId: string | null;
  /** When the session or token ends at the latest. */
  readonly expiresAt: Date;
}

/** Circumstances of an authentication. */
export interface AuthenticationOptions {
  readonly correlationId: string;
  /** False: does not count as use, so that it keeps no idle session alive. */
  readonly touch?: boolean;
}

/** How often use of a session or token is written down, in seconds. */
const TOUCH_SECONDS = 60;

/**
 * Tells who a request is from: an API token in `Authorization: Bearer`, else the session in the cookie.
 * Every call looks into the database, so a revoked session or a disabled user is out at once.
 */
@Injectable()
export class AuthenticationService {
  private readonly proxies: TrustedProxies;
  private readonly publicOrigin: string | null;
  private readonly idleSeconds: number;

  constructor(
    @Inject(MANAGER_CONFIG) config: ManagerConfig,
    private readonly sessions: SessionsRepository,
    private readonly tokens: ApiTokensRepository,
  ) {
    this.proxies = new TrustedProxies(config.trusted_proxies);
    this.publicOrigin = config.public_url === undefined ? null : originOf(config.public_url);
    this.idleSeconds = config.session.idle_minutes * 60;
  }

  /** Where a request came from. */
  originOf(request: IncomingRequest): ClientOrigin {
    return clientOrigin(request, this.proxies);
  }

  /** Whether a browser sent the request from one of our own pages. */
  sourceOf(request: IncomingRequest): RequestSource {
    return requestSource(request.headers, [this.originOf(request).self, this.publicOrigin]);
  }

  /**
   * Who a request is from, or null. A bad token is null even beside a good cookie. Also for WebSocket
   * upgrades.
   */
  async authenticate(
    request: IncomingRequest,
    options: AuthenticationOptions,
  ): Promise<Authentication | null> {
    const { address, secure } = this.originOf(request);
    const { authorization, cookie } = request.headers;
    if (authorization !== undefined) {
      const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
      return token === undefined ? null : this.authenticateToken(token, { ...options, address });
    }
    const secret = sessionSecretIn(cookie, secure);
    return secret === undefined ? null : this.authenticateSession(secret, { ...options, address });
  }

  /** Whose API token this is, or null: for protocols that carry it elsewhere than in a header. */
  async authenticateToken(
    token: string,
    options: AuthenticationOptions & { readonly address: string | null },
  ): Promise<Authentication | null> {
    if (!looksLikeApiToken(token)) return null;
    const live = await this.tokens.findLive(sha256(token));
    if (live === null) return null;
    if (options.touch !== false && isOlder(live.lastUsedAt, TOUCH_SECONDS)) {
      await this.tokens.touch(live.id, TOUCH_SECONDS);
    }
    const role = live.ownerRole === null ? live.role : lowerRole(live.role, live.ownerRole);
    const { address, correlationId } = options;
    return {
      actor: { kind: 'token', id: live.id, name: live.name, role, address, correlationId },
      role,
      via: { kind: 'token', tokenId: live.id },
      userId: live.ownerId,
      expiresAt: live.expiresAt,
    };
  }

  private async authenticateSession(
    secret: string,
    options: AuthenticationOptions & { readonly address: string | null },
  ): Promise<Authentication | null> {
    if (!looksLikeSessionSecret(secret)) return null;
    const live = await this.sessions.findLive(sha256(secret), this.idleSeconds);
    if (live === null) return null;
    const everySeconds = Math.min(TOUCH_SECONDS, this.idleSeconds / 4);
    if (options.touch !== false && isOlder(live.lastSeenAt, everySeconds)) {
      await this.sessions.touch(live.id, everySeconds);
    }
    const { login: name, role } = live;
    const { address, correlationId } = options;
    return {
      actor: { kind: 'user', id: live.userId, name, role, address, correlationId },
      role,
      via: { kind: 'session', sessionId: live.id },
      userId: live.userId,
      expiresAt: live.expiresAt,
    };
  }
}

/** Spares the write in most requests; the statement itself decides by the database's clock. */
function isOlder(time: Date | null, seconds: number): boolean {
  return time === null || Date.now() - time.getTime() > seconds * 1000;
}
