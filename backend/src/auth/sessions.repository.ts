import { Injectable } from '@nestjs/common';
import { DataSource, Not } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Role } from './roles.js';
import { Session } from './session.entity.js';

/** A live session and whose it is. */
export interface LiveSession {
  readonly id: string;
  readonly userId: string;
  readonly login: string;
  readonly role: Role;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
}

/** A session to store. */
export type NewSession = Pick<Session, 'id' | 'userId' | 'secretHash' | 'userAgent' | 'address'> & {
  readonly absoluteSeconds: number;
};

/** SQL of sessions. All times are the database's. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The session of a secret if it has not ended, was used within `idleSeconds` and its user is enabled. */
  async findLive(secretHash: Buffer, idleSeconds: number): Promise<LiveSession | null> {
    const rows = await this.dataSource.query<LiveSession[]>(
      `SELECT s.id, s.user_id AS "userId", u.login, u.role,
              s.last_seen_at AS "lastSeenAt", s.expires_at AS "expiresAt"
         FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.secret_hash = $1 AND s.expires_at > now()
          AND s.last_seen_at > now() - make_interval(secs => $2) AND NOT u.disabled`,
      [secretHash, idleSeconds],
    );
    return rows[0] ?? null;
  }

  /** Notes that a session is in use, unless that was noted less than `everySeconds` ago. */
  async touch(id: string, everySeconds: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE sessions SET last_seen_at = now()
        WHERE id = $1 AND last_seen_at <= now() - make_interval(secs => $2)`,
      [id, everySeconds],
    );
  }

  /** Stores a session and answers when it ends. */
  async insert(manager: EntityManager, session: NewSession): Promise<Date> {
    const { id, userId, secretHash, userAgent, address, absoluteSeconds } = session;
    const [row] = await manager.query<{ expires_at: Date }[]>(
      `INSERT INTO sessions (id, user_id, secret_hash, user_agent, address, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6)) RETURNING expires_at`,
      [id, userId, secretHash, userAgent, address, absoluteSeconds],
    );
    if (!row) throw new Error('the database did not answer the new session');
    return row.expires_at;
  }

  /** A user's sessions that have not ended, latest first. */
  async listLive(userId: string, idleSeconds: number): Promise<Session[]> {
    return this.dataSource
      .getRepository(Session)
      .createQueryBuilder('session')
      .where('session.userId = :userId', { userId })
      .andWhere('session.expiresAt > now()')
      .andWhere('session.lastSeenAt > now() - make_interval(secs => :idleSeconds)', { idleSeconds })
      .orderBy('session.createdAt', 'DESC')
      .addOrderBy('session.id', 'DESC')
      .getMany();
  }

  /** Ends one session of a user; false when there is none. */
  async remove(manager: EntityManager, userId: string, id: string): Promise<boolean> {
    const { affected } = await manager.getRepository(Session).delete({ id, userId });
    return affected === 1;
  }

  /** Ends the session of a secret, whoever's it is. */
  async removeBySecret(manager: EntityManager, secretHash: Buffer): Promise<void> {
    await manager.getRepository(Session).delete({ secretHash });
  }

  /** Ends a user's sessions, all or all but one, and answers how many. */
  async removeOfUser(manager: EntityManager, userId: string, except?: string): Promise<number> {
    const { affected } = await manager
      .getRepository(Session)
      .delete({ userId, ...(except === undefined ? {} : { id: Not(except) }) });
    return affected ?? 0;
  }

  /** Drops the rows of sessions that have ended. */
  async removeEnded(manager: EntityManager): Promise<void> {
    await manager.query('DELETE FROM sessions WHERE expires_at <= now()');
  }
}
