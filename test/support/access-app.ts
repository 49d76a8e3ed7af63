import { StandardSchemaSerializerInterceptor } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { json } from 'express';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { AUDIT_ENTITIES } from '../../backend/src/audit/index.ts';
import { AUTH_ENTITIES, AuthModule, SetupService } from '../../backend/src/auth/index.ts';
import { Audit1795200001010 } from '../../backend/src/migrations/20261120T2010-audit.ts';
import { Auth1795200001020 } from '../../backend/src/migrations/20261120T2020-auth.ts';
import { MANAGER_CONFIG, ManagerConfig } from '../../backend/src/platform/config/index.ts';
import { TransactionRunner } from '../../backend/src/platform/database/index.ts';
import {
  ProblemFilter,
  requestContext,
  validationPipe,
} from '../../backend/src/platform/http/index.ts';
import { LOGGER } from '../../backend/src/platform/logging/index.ts';
import { openTestDatabase } from './test-database.ts';

const logger = pino({ level: 'silent' });

/** What differs from the plain application. */
export interface AccessAppOptions {
  /** Configuration as in the YAML file. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Further controllers behind the guard. */
  readonly controllers?: readonly Type[];
  /** A database that an earlier application used. */
  readonly dataSource?: DataSource;
}

/** One answer of the application. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; an empty object without one. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What to send with a request. */
export interface Call {
  readonly body?: unknown;
  readonly cookie?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The access features over HTTP on a real PostgreSQL, without the rest of the manager. */
export class AccessApp {
  readonly app: NestExpressApplication;
  readonly dataSource: DataSource;
  readonly url: string;

  private constructor(app: NestExpressApplication, dataSource: DataSource, url: string) {
    this.app = app;
    this.dataSource = dataSource;
    this.url = url;
  }

  /** Starts it on a free port of the loopback address. */
  static async start(options: AccessAppOptions = {}): Promise<AccessApp> {
    const dataSource = options.dataSource ?? (await openDatabase());
    const app = await compile(dataSource, options);
    try {
      await app.listen(0, '127.0.0.1');
    } catch (error) {
      await app.close();
      throw error;
    }
    return new AccessApp(app, dataSource, await app.getUrl());
  }

  close(): Promise<void> {
    return this.app.close();
  }

  /** Sends a request; bodies go as JSON unless a content type is given. */
  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const { body, cookie, token, headers } = call;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === undefined ? {} : { cookie }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
    return { status: response.status, headers: response.headers, body: parsed };
  }

  /** Makes the first administrator with the setup code. */
  async setUp(login: string, password: string): Promise<void> {
    const code = await this.app.get(SetupService).currentCode();
    const body = { code: code?.reveal(), login, password };
    const { status } = await this.call('POST', '/api/v1/setup', { body });
    if (status !== 201) throw new Error(`setting up answered ${status}`);
  }

  /** Signs in and answers the Cookie header to send from then on. */
  async signIn(login: string, password: string): Promise<string> {
    const body = { login, password };
    const { status, headers } = await this.call('POST', '/api/v1/session', { body });
    const cookie = headers.getSetCookie()[0]?.split(';')[0];
    if (status !== 200 || cookie === undefined) throw new Error(`signing in answered ${status}`);
    return cookie;
  }

  /** Makes the waits after wrong passwords so long that none is over before a test on a slow machine looks. */
  async prolongWaits(): Promise<void> {
    await this.dataSource.query(
      `UPDATE login_attempts SET blocked_until = clock_timestamp() + interval '10 min'
        WHERE blocked_until > '-infinity'`,
    );
  }

  /** Sends a request as a browser on one of our own pages would. */
  browse(cookie: string, method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { origin: this.url };
    return this.call(method, path, { cookie, headers, ...(body === undefined ? {} : { body }) });
  }

  /** Makes an API token as the administrator of `cookie` and answers the token. */
  async makeToken(cookie: string, name: string, role: string): Promise<string> {
    const { body } = await this.browse(cookie, 'POST', '/api/v1/api-tokens', { name, role });
    if (typeof body.token !== 'string') throw new Error(`no token came: ${JSON.stringify(body)}`);
    return body.token;
  }
}

/** Stands for the module that gives every feature its platform parts. */
class PlatformUnderTest {
  readonly isGlobal = true;
}

async function openDatabase(): Promise<DataSource> {
  const { dataSource } = await openTestDatabase({
    entities: [...AUDIT_ENTITIES, ...AUTH_ENTITIES],
    migrations: [Audit1795200001010, Auth1795200001020],
  });
  return dataSource;
}

async function compile(
  dataSource: DataSource,
  { config = {}, controllers = [] }: AccessAppOptions,
): Promise<NestExpressApplication> {
  const providers = [
    { provide: DataSource, useValue: dataSource },
    { provide: TransactionRunner, useValue: new TransactionRunner(dataSource, logger) },
    { provide: LOGGER, useValue: logger },
    { provide: MANAGER_CONFIG, useValue: ManagerConfig.parse(config) },
  ];
  const platform = { module: PlatformUnderTest, global: true, providers, exports: providers };
  const module = await Test.createTestingModule({
    imports: [platform, AuthModule],
    controllers: [...controllers],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>();
  app.useLogger(false);
  app.use(requestContext);
  app.use(json());
  app.useGlobalPipes(validationPipe());
  app.useGlobalInterceptors(new StandardSchemaSerializerInterceptor(app.get(Reflector)));
  app.useGlobalFilters(new ProblemFilter(logger));
  return app;
}
