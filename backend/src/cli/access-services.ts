import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { AuditRepository, AuditService, AuditVerifier } from '../audit/index.js';
import {
  ApiTokensRepository,
  ApiTokensService,
  LoginThrottle,
  PasswordHasher,
  SessionsRepository,
  UsersRepository,
  UsersService,
} from '../auth/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import type { Actor } from '../platform/http/index.js';

/** The services that the command line works with. */
export interface AccessServices {
  readonly users: UsersService;
  readonly tokens: ApiTokensService;
  readonly verifier: AuditVerifier;
}

/** Makes the services over a connected database, without the rest of the manager. */
export function accessServices(dataSource: DataSource, logger: Logger): AccessServices {
  const transactions = new TransactionRunner(dataSource, logger);
  const events = new AuditRepository(dataSource);
  const audit = new AuditService(events);
  const tokens = new ApiTokensRepository(dataSource);
  return {
    users: new UsersService(
      transactions,
      new UsersRepository(dataSource),
      new SessionsRepository(dataSource),
      tokens,
      new LoginThrottle(dataSource),
      new PasswordHasher(),
      audit,
    ),
    tokens: new ApiTokensService(transactions, tokens, audit),
    verifier: new AuditVerifier(events),
  };
}

/** Whoever runs the command line, for the audit log: they can read the database, so they may do anything. */
export function commandLineActor(): Actor {
  return {
    kind: 'cli',
    id: 'cli',
    name: userInfo().username,
    role: 'admin',
    address: null,
    correlationId: randomUUID(),
  };
}
