import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { OnModuleInit } from '@nestjs/common';
import { AppError } from '../platform/errors/index.js';
import { PASSWORD_REFUSED } from './auth.errors.js';

/** Bounds of a password, in UTF-16 code units. */
export const PASSWORD_LENGTH = { min: 12, max: 256 } as const;

/**
 * argon2id (RFC 9106) with 19 MiB, two passes and one lane, OWASP's first choice for interactive logins.
 * The algorithm is the library's default, argon2id; its type declares it as an enum that cannot be used
 * with isolated modules.
 */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes computed at the same time; each takes 19 MiB and one thread of the pool of four. */
const CONCURRENCY = 2;

/**
 * Checks the rules for a new password.
 *
 * @throws AppError password_refused
 */
export function checkPasswordRules(password: string, login: string): void {
  const { min, max } = PASSWORD_LENGTH;
  if (password.length < min || password.length > max) {
    throw new AppError(PASSWORD_REFUSED, `Take a password of ${min} to ${max} characters.`);
  }
  if (normalized(password).toLowerCase() === login.toLowerCase()) {
    throw new AppError(PASSWORD_REFUSED, 'The password must not be the login.');
  }
  if (new Set(normalized(password)).size < 4) {
    throw new AppError(
      PASSWORD_REFUSED,
      'Take a password of more than three different characters.',
    );
  }
}

/** Makes and checks password hashes, a few at a time so that logins cannot use up the machine. */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  #free = CONCURRENCY;
  readonly #waiting: (() => void)[] = [];
  #decoy: string | undefined;

  /** Makes the hash that unknown users are checked against. */
  async onModuleInit(): Promise<void> {
    this.#decoy = await this.hash(randomBytes(32).toString('base64url'));
  }

  /** The hash to store, in the PHC string format. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(normalized(password), COST));
  }

  /**
   * True when `password` is the one that `stored` was made of. Without a stored hash (an unknown user) it
   * does the same work and answers false.
   */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    const reference = stored ?? this.#decoy ?? (await this.hash('any'));
    const matches = await this.#inTurn(() => verify(reference, normalized(password)));
    return matches && stored !== undefined;
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

/** One form for what different keyboards send for the same characters (NIST SP 800-63B, 5.1.1.2). */
function normalized(password: string): string {
  return password.normalize('NFKC');
}
