import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { AuthenticationService, permits } from '../auth/index.js';
import type { Authentication } from '../auth/index.js';
import type { LiveSession } from '../platform/live/index.js';
import { LiveAuthenticator } from '../platform/live/index.js';

/** Sessions and API tokens for live connections. */
@Injectable()
export class AuthLiveAuthenticator extends LiveAuthenticator {
  constructor(private readonly authentication: AuthenticationService) {
    super();
  }

  sourceOf(request: IncomingMessage): ReturnType<LiveAuthenticator['sourceOf']> {
    return this.authentication.sourceOf(request);
  }

  fromRequest(request: IncomingMessage): Promise<LiveSession | null> {
    const correlationId = randomUUID();
    // An open page that nobody uses must not keep its session alive, so looking again does not touch it.
    return this.session((isFirst) =>
      this.authentication.authenticate(request, { correlationId, touch: isFirst }),
    );
  }

  fromToken(token: string, request: IncomingMessage): Promise<LiveSession | null> {
    const correlationId = randomUUID();
    const { address } = this.authentication.originOf(request);
    return this.session((isFirst) =>
      this.authentication.authenticateToken(token, { correlationId, address, touch: isFirst }),
    );
  }

  private async session(
    look: (isFirst: boolean) => Promise<Authentication | null>,
    isFirst = true,
  ): Promise<LiveSession | null> {
    const found = await look(isFirst);
    if (!found) return null;
    return {
      permits: (permission) => permits(found.role, permission),
      renew: () => this.session(look, false),
    };
  }
}
