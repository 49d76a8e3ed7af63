import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/index.js';
import type { AuditActor } from '../audit/index.js';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { Secret, sha256 } from '../platform/crypto/index.js';
import { newRowId, TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { anonymous } from './anonymous.js';
import { LOGIN_FAILED, SESSION_NOT_FOUND } from './auth.errors.js';
import { LoginThrottle } from './login-throttle.js';
import { freshSessionSecret } from './opaque-tokens.js';
import { checkPasswordRules, PasswordHasher } from './passwords.js';
import type { Session } from './session.entity.js';
import { SessionsRepository } from './sessions.repository.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

/** An attempt to sign in. */
export interface LoginAttempt {
  readonly login: string;
  readonly password: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly correlationId: string;
  /** Session secret the browser came with; that session ends when the login succeeds. */
  readonly previousSecret?: string | undefined;
}

/** A session that was just started. */
export interface StartedSession {
  readonly user: User;
  /** For the cookie, once. */
  readonly secret: Secret;
  readonly expiresAt: Date;
}

const USER_AGENT_LIMIT = 256;

/** Signs people in and out. */
@Injectable()
export class SessionsService {
  private readonly idleSeconds: number;
  /** Seconds after which a session ends whatever happens. */
  readonly absoluteSeconds: number;

  constructor(
    @Inject(MANAGER_CONFIG) config: ManagerConfig,
    private readonly transactions: TransactionRunner,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly throttle: LoginThrottle,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditService,
  ) {
    this.idleSeconds = config.session.idle_minutes * 60;
    this.absoluteSeconds = config.session.absolute_hours * 3600;
  }

  /**
   * Starts a session with a secret of its own. An unknown login, a wrong password and a disabled user take
   * the same time and give the same error.
   *
   * @throws AppError too_many_attempts, login_failed
   */
  async signIn(attempt: LoginAttempt): Promise<StartedSession> {
    const { login, password, address } = attempt;
    await this.throttle.attempt(login, address);
    const user = await this.users.findByLogin(login);
    const stored = user === null ? undefined : await this.users.passwordHashOf(user.id);
    const isRight = await this.hasher.verify(stored, password);
    if (user !== null && stored !== undefined && !user.disabled && isRight) {
      const started = await this.start(user, stored, attempt);
      if (started !== null) return started;
    }
    await this.recordFailure(user, attempt, 'session.create');
    throw new AppError(LOGIN_FAILED, 'Check the login and the password and try again.');
  }

  /** Ends a session of the user. @throws AppError session_not_found */
  async end(actor: Actor, userId: string, sessionId: string): Promise<void> {
    await this.transactions.run(async ({ manager }) => {
      if (!(await this.sessions.remove(manager, userId, sessionId))) {
        throw new AppError(SESSION_NOT_FOUND, 'The session has ended or is not yours.');
      }
      const object = { type: 'session', id: sessionId, name: actor.name };
      await this.audit.record(manager, {
        actor,
        action: 'session.delete',
        object,
        outcome: 'success',
      });
    });
  }

  /** The user's sessions that have not ended, latest first. */
  list(userId: string): Promise<Session[]> {
    return this.sessions.listLive(userId, this.idleSeconds);
  }

  /**
   * Changes the password of a signed-in user and ends their other sessions. Wrong current passwords are
   * throttled like logins.
   *
   * @throws AppError login_failed, too_many_attempts, password_refused
   */
  async changePassword(
    actor: Actor,
    sessionId: string,
    passwords: { readonly current: string; readonly next: string },
  ): Promise<void> {
    const { id: userId, name: login, address, correlationId } = actor;
    checkPasswordRules(passwords.next, login);
    await this.throttle.attempt(login, address);
    const stored = await this.users.passwordHashOf(userId);
    const isRight = await this.hasher.verify(stored, passwords.current);
    if (
      stored === undefined ||
      !isRight ||
      !(await this.replace(actor, sessionId, stored, passwords.next))
    ) {
      const user = await this.users.find(userId);
      await this.recordFailure(user, { address, correlationId }, 'user.change_password');
      throw new AppError(LOGIN_FAILED, 'The current password is wrong.');
    }
  }

  /** Stores a new password in place of the one that was proven; false when that is another one by now. */
  private async replace(
    actor: Actor,
    sessionId: string,
    proven: string,
    next: string,
  ): Promise<boolean> {
    const { id: userId, name: login, address } = actor;
    const passwordHash = await this.hasher.hash(next);
    return this.transactions.run(async ({ manager }) => {
      if (!(await this.users.updateProven(manager, userId, proven, { passwordHash }))) return false;
      await this.throttle.succeeded(manager, login, address);
      const ended = await this.sessions.removeOfUser(manager, userId, sessionId);
      await this.audit.record(manager, {
        actor,
        action: 'user.change_password',
        object: { type: 'user', id: userId, name: login },
        outcome: 'success',
        details: { sessions_ended: ended },
      });
      return true;
    });
  }

  /** Null when the user was disabled, or got another password, since this one was proven. */
  private async start(
    user: User,
    proven: string,
    attempt: LoginAttempt,
  ): Promise<StartedSession | null> {
    const { address, correlationId, previousSecret } = attempt;
    const secret = freshSessionSecret();
    const id = newRowId();
    const expiresAt = await this.transactions.run(async ({ manager }) => {
      const seen = { lastLoginAt: new Date() };
      if (!(await this.users.updateProven(manager, user.id, proven, seen))) return null;
      await this.throttle.succeeded(manager, user.login, address);
      await this.sessions.removeEnded(manager);
      if (previousSecret !== undefined) {
        await this.sessions.removeBySecret(manager, sha256(previousSecret));
      }
      const actor: AuditActor = {
        kind: 'user',
        id: user.id,
        name: user.login,
        role: user.role,
        address,
        correlationId,
      };
      const object = { type: 'session', id, name: user.login };
      await this.audit.record(manager, {
        actor,
        action: 'session.create',
        object,
        outcome: 'success',
      });
      return this.sessions.insert(manager, {
        id,
        userId: user.id,
        secretHash: secret.hash,
        userAgent: attempt.userAgent?.slice(0, USER_AGENT_LIMIT) ?? null,
        address,
        absoluteSeconds: this.absoluteSeconds,
      });
    });
    return expiresAt && { user, secret: new Secret(secret.value), expiresAt };
  }

  /** A login nobody has is not written down: people type passwords into the wrong field. */
  private async recordFailure(
    user: User | null,
    { address, correlationId }: Pick<LoginAttempt, 'address' | 'correlationId'>,
    action: string,
  ): Promise<void> {
    await this.transactions.run(({ manager }) =>
      this.audit.record(manager, {
        actor: anonymous({ address, correlationId }),
        action,
        ...(user === null ? {} : { object: { type: 'user', id: user.id, name: user.login } }),
        outcome: 'failure',
        details: { known_login: user !== null, disabled: user?.disabled ?? false },
      }),
    );
  }
}
