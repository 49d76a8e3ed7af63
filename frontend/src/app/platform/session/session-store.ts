import { Injectable, computed, inject, signal } from '@angular/core';
import { Api } from '../api/generated/api';
import { getSession } from '../api/generated/fn/access/get-session';
import { getSetup } from '../api/generated/fn/access/get-setup';
import { signIn } from '../api/generated/fn/access/sign-in';
import { signOut } from '../api/generated/fn/access/sign-out';
import type { CurrentSession } from '../api/generated/models/current-session';
import { toProblem } from '../problem/parse-problem';
import { Problem } from '../problem/problem';

/**
 * Where the console stands: `unknown` until the manager has answered, `failed` when it could not be
 * asked, `setup` before the first administrator, then signed out or in.
 */
export type SessionState = 'unknown' | 'failed' | 'setup' | 'signed_out' | 'signed_in';

/** Who is signed in and what they may do. The session itself is a cookie that scripts cannot read. */
@Injectable({ providedIn: 'root' })
export class SessionStore {
  private readonly api = inject(Api);
  private readonly current = signal<CurrentSession | null>(null);
  private readonly where = signal<SessionState>('unknown');
  private readonly failure = signal<Problem | null>(null);

  readonly session = this.current.asReadonly();
  readonly state = this.where.asReadonly();
  readonly problem = this.failure.asReadonly();
  readonly permissions = computed(() => new Set(this.current()?.permissions ?? []));

  /** True when the role allows it. The manager checks again; this only hides what would be refused. */
  can(permission: string): boolean {
    return this.permissions().has(permission);
  }

  /** Asks the manager where it stands. Never rejects. */
  async load(): Promise<void> {
    try {
      this.enter(await this.api.invoke(getSession));
    } catch (error) {
      const problem = toProblem(error);
      if (problem.status === 401) await this.loadSignedOut();
      else this.fail(problem);
    }
  }

  /** @throws Problem login_failed, too_many_attempts and whatever else a request fails with */
  async signIn(login: string, password: string): Promise<void> {
    this.enter(await this.api.invoke(signIn, { body: { login, password } }));
  }

  /** Ends the session here and at the manager. */
  async signOut(): Promise<void> {
    try {
      await this.api.invoke(signOut);
    } catch (error) {
      // 401: it had ended already, which is what was wanted.
      if (toProblem(error).status !== 401) throw error;
    }
    this.leave();
  }

  /** Asks whether the session still holds. If not, the interceptor leads to the sign-in page. */
  async verify(): Promise<void> {
    try {
      this.current.set(await this.api.invoke(getSession));
    } catch (error) {
      // 401 was acted on; anything else says nothing about the session.
      if (!(error instanceof Problem)) throw error;
    }
  }

  /** The manager does not know the session any more. */
  leave(): void {
    this.current.set(null);
    this.where.set('signed_out');
  }

  private async loadSignedOut(): Promise<void> {
    try {
      const { needed } = await this.api.invoke(getSetup);
      this.current.set(null);
      this.where.set(needed ? 'setup' : 'signed_out');
    } catch (error) {
      this.fail(toProblem(error));
    }
  }

  private enter(session: CurrentSession): void {
    this.current.set(session);
    this.failure.set(null);
    this.where.set('signed_in');
  }

  private fail(problem: Problem): void {
    this.failure.set(problem);
    this.where.set('failed');
  }
}
