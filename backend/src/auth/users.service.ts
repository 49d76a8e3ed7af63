import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/index.js';
import { newRowId, TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { pageFrom } from '../platform/http/index.js';
import type { Actor, Page } from '../platform/http/index.js';
import { ApiTokensRepository } from './api-tokens.repository.js';
import { LAST_ADMIN, LOGIN_TAKEN, USER_NOT_FOUND } from './auth.errors.js';
import { timeCursor } from './cursors.js';
import { LoginThrottle } from './login-throttle.js';
import { checkPasswordRules, PasswordHasher } from './passwords.js';
import type { Role } from './roles.js';
import { SessionsRepository } from './sessions.repository.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

/** A user to add. */
export interface NewUser {
  /** Lower case. */
  readonly login: string;
  readonly password: string;
  readonly role: Role;
}

/** What to change about a user; what is absent stays. */
export interface UserChanges {
  readonly role?: Role | undefined;
  readonly disabled?: boolean | undefined;
  readonly password?: string | undefined;
}

/** Manages the people who may sign in. */
@Injectable()
export class UsersService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly tokens: ApiTokensRepository,
    private readonly throttle: LoginThrottle,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditService,
  ) {}

  /** A page of users in the order of their creation. */
  async list(limit: number, cursor?: string): Promise<Page<User>> {
    const rows = await this.users.list(limit + 1, timeCursor(cursor));
    return pageFrom(
      rows,
      limit,
      ({ createdAt, id }) => [createdAt.toISOString(), id],
      (user) => user,
    );
  }

  /** Adds a user. @throws AppError password_refused, login_taken */
  async create(actor: Actor, input: NewUser): Promise<User> {
    checkPasswordRules(input.password, input.login);
    const passwordHash = await this.hasher.hash(input.password);
    return this.transactions.run(({ manager }) =>
      this.insert(manager, actor, { ...input, passwordHash }),
    );
  }

  /** Adds a user with a password that is hashed already. @throws AppError login_taken */
  async insert(
    manager: EntityManager,
    actor: Actor,
    { login, passwordHash, role }: Pick<User, 'login' | 'passwordHash' | 'role'>,
  ): Promise<User> {
    const id = newRowId();
    const user = { id, login, passwordHash, role, createdAt: new Date() };
    if (!(await this.users.insert(manager, user))) {
      throw new AppError(LOGIN_TAKEN, `There is a user ${login} already. Choose another login.`);
    }
    await this.audit.record(manager, {
      actor,
      action: 'user.create',
      object: { type: 'user', id, name: login },
      outcome: 'success',
      details: { role },
    });
    return this.existing(await this.users.find(id, manager), id);
  }

  /**
   * Changes a user. Disabling ends their sessions and revokes their API tokens; a new password ends their
   * sessions and any wait that wrong passwords have earned.
   *
   * @throws AppError user_not_found, last_admin, password_refused
   */
  async change(actor: Actor, id: string, changes: UserChanges): Promise<User> {
    const { role, disabled, password } = changes;
    const before = this.existing(await this.users.find(id), id);
    if (password !== undefined) checkPasswordRules(password, before.login);
    const passwordHash = password === undefined ? undefined : await this.hasher.hash(password);
    return this.transactions.run(async ({ manager }) => {
      const user = await this.lockForChange(manager, id, changes);
      await this.users.update(manager, id, {
        ...(role === undefined ? {} : { role }),
        ...(disabled === undefined ? {} : { disabled }),
        ...(passwordHash === undefined ? {} : { passwordHash }),
      });
      if (passwordHash !== undefined) await this.throttle.forgive(manager, user.login);
      const revoked = await this.revokeAccess(manager, id, changes);
      await this.audit.record(manager, {
        actor,
        action: 'user.update',
        object: { type: 'user', id, name: user.login },
        outcome: 'success',
        details: { role, disabled, password_changed: password !== undefined, ...revoked },
      });
      return this.existing(await this.users.find(id, manager), id);
    });
  }

  /** The user of a login. @throws AppError user_not_found */
  async getByLogin(login: string): Promise<User> {
    return this.existing(await this.users.findByLogin(login), login);
  }

  /** Locks the administrators before the user: everybody in this order, so that none waits in a circle. */
  private async lockForChange(
    manager: EntityManager,
    id: string,
    { role, disabled }: UserChanges,
  ): Promise<User> {
    const removesAdmin = disabled === true || (role !== undefined && role !== 'admin');
    const admins = removesAdmin ? await this.users.lockEnabledAdmins(manager) : [];
    if (admins.length === 1 && admins[0] === id) {
      throw new AppError(
        LAST_ADMIN,
        'Make another user an administrator first; otherwise nobody could manage users any more.',
      );
    }
    return this.existing(await this.users.lock(manager, id), id);
  }

  private async revokeAccess(
    manager: EntityManager,
    id: string,
    { disabled, password }: UserChanges,
  ): Promise<{ sessions_ended?: number; tokens_revoked?: number }> {
    if (disabled !== true && password === undefined) return {};
    const ended = await this.sessions.removeOfUser(manager, id);
    if (disabled !== true) return { sessions_ended: ended };
    return {
      sessions_ended: ended,
      tokens_revoked: await this.tokens.revokeOfOwner(manager, id),
    };
  }

  private existing(user: User | null, id: string): User {
    if (user) return user;
    throw new AppError(USER_NOT_FOUND, `There is no user ${id}.`);
  }
}
