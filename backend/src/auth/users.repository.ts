import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Role } from './roles.js';
import { User } from './user.entity.js';

/** Serialises the creation of the first user; the number is arbitrary and used nowhere else. */
const FIRST_USER_LOCK = 5_817_204_001;

/** SQL of users. */
@Injectable()
export class UsersRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The user of this id, or null. */
  async find(id: string, manager?: EntityManager): Promise<User | null> {
    return this.users(manager).findOneBy({ id });
  }

  /** The user of this login (in lower case), or null. */
  async findByLogin(login: string, manager?: EntityManager): Promise<User | null> {
    return this.users(manager).findOneBy({ login });
  }

  /** The stored password hash of a user, or undefined. */
  async passwordHashOf(id: string): Promise<string | undefined> {
    const row = await this.users().findOne({ where: { id }, select: { passwordHash: true } });
    return row?.passwordHash;
  }

  /** True when there is any user. */
  async hasAny(manager?: EntityManager): Promise<boolean> {
    return this.users(manager).exists();
  }

  /** At most `limit` users in the order of their creation, from behind the given key. */
  async list(limit: number, after?: { createdAt: string; id: string }): Promise<User[]> {
    const query = this.users()
      .createQueryBuilder('user')
      .orderBy('user.createdAt', 'ASC')
      .addOrderBy('user.id', 'ASC')
      .limit(limit);
    if (after) {
      query.where(
        '(user.createdAt, user.id) > (CAST(:createdAt AS timestamptz), CAST(:id AS uuid))',
        after,
      );
    }
    return query.getMany();
  }

  /** Adds a user; false when the login is taken. */
  async insert(
    manager: EntityManager,
    user: Pick<User, 'id' | 'login' | 'passwordHash' | 'role' | 'createdAt'>,
  ): Promise<boolean> {
    const result = await manager
      .createQueryBuilder()
      .insert()
      .into(User)
      .values({ ...user, disabled: false })
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as unknown[]).length === 1;
  }

  /** Changes columns of a user. */
  async update(
    manager: EntityManager,
    id: string,
    changes: Partial<Pick<User, 'role' | 'disabled' | 'passwordHash' | 'lastLoginAt'>>,
  ): Promise<void> {
    if (Object.keys(changes).length > 0) await this.users(manager).update({ id }, changes);
  }

  /**
   * Changes columns of a user who is not disabled and still has the password that was just proven; answers
   * whether that is so. Nobody changes it until the transaction ends.
   */
  async updateProven(
    manager: EntityManager,
    id: string,
    passwordHash: string,
    changes: Partial<Pick<User, 'passwordHash' | 'lastLoginAt'>>,
  ): Promise<boolean> {
    const proven = { id, passwordHash, disabled: false };
    return (await this.users(manager).update(proven, changes)).affected === 1;
  }

  /** The user, kept from being changed by others until the transaction ends; null when there is none. */
  async lock(manager: EntityManager, id: string): Promise<User | null> {
    return this.users(manager).findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Ids of the administrators that are not disabled; they stay so until the transaction ends. */
  async lockEnabledAdmins(manager: EntityManager): Promise<string[]> {
    const role: Role = 'admin';
    const admins = await this.users(manager).find({
      where: { role, disabled: false },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    return admins.map(({ id }) => id);
  }

  /** Lets one transaction at a time find out whether there is any user and add the first. */
  async lockFirstUser(manager: EntityManager): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [FIRST_USER_LOCK]);
  }

  private users(manager?: EntityManager) {
    return (manager ?? this.dataSource).getRepository(User);
  }
}
