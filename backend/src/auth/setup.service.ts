import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/index.js';
import { Secret } from '../platform/crypto/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { SETUP_CODE_INVALID, SETUP_CODE_LOCKED, SETUP_DONE } from './auth.errors.js';
import { freshSetupCode, matchesSetupCode } from './opaque-tokens.js';
import { checkPasswordRules, PasswordHasher } from './passwords.js';
import { anonymous } from './anonymous.js';
import { SetupCodeRepository } from './setup-code.repository.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Where a setup request came from. */
export type SetupSource = Pick<Actor, 'address' | 'correlationId'>;

/** Wrong codes after which only a restart of the manager helps. */
const TRIES = 5;

/**
 * Makes the first administrator. While there is no user, whoever knows the one-time code that the manager
 * printed at its start can do it, once.
 */
@Injectable()
export class SetupService {
  #code: Secret | undefined;

  constructor(
    private readonly transactions: TransactionRunner,
    private readonly users: UsersRepository,
    private readonly codes: SetupCodeRepository,
    private readonly usersService: UsersService,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditService,
  ) {}

  /** True while there is no user. */
  async isNeeded(): Promise<boolean> {
    return !(await this.users.hasAny());
  }

  /**
   * The code of this process to print at the start, or null when a user exists. The first call makes it,
   * valid for 24 hours, and replaces the one of an earlier start.
   */
  async currentCode(): Promise<Secret | null> {
    if (!(await this.isNeeded())) return null;
    if (this.#code === undefined) {
      const fresh = freshSetupCode();
      await this.codes.replace(fresh.hash);
      this.#code = new Secret(fresh.value);
    }
    return this.#code;
  }

  /**
   * Creates the first administrator. However many try at once, one succeeds.
   *
   * @throws AppError setup_done, setup_code_invalid, setup_code_locked, password_refused
   */
  async complete(
    source: SetupSource,
    { code, login, password }: { code: string; login: string; password: string },
  ): Promise<User> {
    checkPasswordRules(password, login);
    const result = await this.transactions.run(async ({ manager }) => {
      await this.users.lockFirstUser(manager);
      if (await this.users.hasAny(manager)) return SETUP_DONE;
      const refusal = await this.refusalOf(manager, source, code);
      if (refusal) return refusal;
      await this.codes.remove(manager);
      const passwordHash = await this.hasher.hash(password);
      const actor: Actor = {
        kind: 'system',
        id: 'setup',
        name: 'setup code',
        role: 'admin',
        ...source,
      };
      return this.usersService.insert(manager, actor, { login, passwordHash, role: 'admin' });
    });
    // Thrown out here: inside, it would roll back the count of wrong codes.
    if ('code' in result) throw new AppError(result, REFUSALS.get(result.name) ?? result.title);
    this.#code = undefined;
    return result;
  }

  /** Checks a code. A wrong one is counted and recorded; once locked, further ones are neither. */
  private async refusalOf(manager: EntityManager, source: SetupSource, code: string) {
    const stored = await this.codes.find(manager);
    if (stored === null) return SETUP_CODE_INVALID;
    if (stored.failures >= TRIES) return SETUP_CODE_LOCKED;
    if (matchesSetupCode(code, stored.codeHash)) return null;
    await this.codes.countFailure(manager);
    await this.audit.record(manager, {
      actor: anonymous(source),
      action: 'setup.complete',
      outcome: 'failure',
      details: { wrong_codes: stored.failures + 1 },
    });
    return SETUP_CODE_INVALID;
  }
}

const REFUSALS: ReadonlyMap<string, string> = new Map([
  [SETUP_DONE.name, 'Sign in, or ask an administrator for an account.'],
  [
    SETUP_CODE_INVALID.name,
    'Take the code that the manager printed at its last start; after 24 hours restart it for a new one.',
  ],
  [
    SETUP_CODE_LOCKED.name,
    'There were too many wrong codes. Restart the manager: it prints a new one. Or use "myx admin create".',
  ],
]);
