import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { TOO_MANY_ATTEMPTS } from './auth.errors.js';
import type { ChangePassword, CurrentSession, SignIn } from './auth.schema.js';
import { AuthenticationService } from './authentication.service.js';
import type { SignedInPerson, SignedInRequest } from './current-authentication.js';
import { permissionsOf } from './roles.js';
import { endedSessionCookie, sessionCookie, sessionSecretIn } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';

/** The HTTP side of sessions: cookies and the Retry-After header. */
@Injectable()
export class BrowserSessions {
  constructor(
    private readonly sessions: SessionsService,
    private readonly authentication: AuthenticationService,
  ) {}

  /** Signs in and hands the browser its cookie. */
  async signIn(
    request: SignedInRequest,
    response: Response,
    { login, password }: SignIn,
  ): Promise<CurrentSession> {
    const { address, secure } = this.authentication.originOf(request);
    const started = await withRetryAfter(response, () =>
      this.sessions.signIn({
        login,
        password,
        address,
        userAgent: request.get('user-agent') ?? null,
        correlationId: request.correlationId ?? 'none',
        previousSecret: sessionSecretIn(request.headers.cookie, secure),
      }),
    );
    const { user, secret, expiresAt } = started;
    response.append(
      'set-cookie',
      sessionCookie(secret.reveal(), secure, this.sessions.absoluteSeconds),
    );
    return {
      kind: 'user',
      id: user.id,
      login: user.login,
      role: user.role,
      permissions: [...permissionsOf(user.role)],
      expires_at: expiresAt.toISOString(),
    };
  }

  /** Ends the session of the request and takes the cookie back. */
  async signOut(
    request: SignedInRequest,
    response: Response,
    actor: Actor,
    person: SignedInPerson,
  ): Promise<void> {
    await this.sessions.end(actor, person.userId, person.sessionId);
    const { secure } = this.authentication.originOf(request);
    response.append('set-cookie', endedSessionCookie(secure));
  }

  /** Changes the password of the signed-in person. */
  async changePassword(
    response: Response,
    actor: Actor,
    person: SignedInPerson,
    body: ChangePassword,
  ): Promise<void> {
    await withRetryAfter(response, () =>
      this.sessions.changePassword(actor, person.sessionId, {
        current: body.current_password,
        next: body.new_password,
      }),
    );
  }
}

/** Tells in the header, too, how long a throttled client has to wait (RFC 9110, section 10.2.3). */
async function withRetryAfter<Result>(
  response: Response,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // Only the header is added; the filter answers the error.
    if (error instanceof AppError && error.is(TOO_MANY_ATTEMPTS)) {
      response.setHeader('retry-after', String(error.facts.retry_after_seconds));
    }
    throw error;
  }
}
