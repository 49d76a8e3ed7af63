// First of all, so that managers end before the database under them.
import { closeFirst } from './close-first.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { pino } from 'pino';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { createManager } from '../../backend/src/app/manager.ts';
import { openResources } from '../../backend/src/app/resources.ts';
import type { Resources } from '../../backend/src/app/resources.ts';
import { AgentsService } from '../../backend/src/agents/index.ts';
import { SetupService } from '../../backend/src/auth/index.ts';
import { ManagerConfig } from '../../backend/src/platform/config/index.ts';
import { Secret } from '../../backend/src/platform/crypto/index.ts';
import { TransactionRunner } from '../../backend/src/platform/database/index.ts';
import type { DatabaseConnection } from '../../backend/src/platform/database/index.ts';
import { ServersService } from '../../backend/src/servers/index.ts';
import { ApiClient } from './api-client.ts';
import { createTestDatabase } from './test-database.ts';
import { AGENT_ACCESS } from './tls-agents.ts';
import type { TestCertificate } from './test-certificates.ts';

const PASSWORD = 'correct horse battery staple';

/** How a manager inside the test's process differs from the usual. */
export interface ManagerAppOptions {
  /** Configuration as in the YAML file, without database and data directory. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Database and keys of an earlier one: the same installation, started again or a second time. */
  readonly installation?: TestInstallation;
  readonly logger?: Logger;
}

/** What makes an installation: its database and its data directory. */
export interface TestInstallation {
  readonly connection: DatabaseConnection;
  readonly dataDir: string;
}

/**
 * The whole manager inside the test's process, on a real PostgreSQL and a port of its own. Its features
 * can be reached directly, which a manager process does not allow.
 */
export class ManagerApp {
  readonly app: NestExpressApplication;
  readonly installation: TestInstallation;
  readonly url: string;
  readonly #resources: Resources;
  readonly #ownsData: boolean;
  #token: string | undefined;

  private constructor(
    app: NestExpressApplication,
    resources: Resources,
    installation: TestInstallation,
    parts: { url: string; ownsData: boolean },
  ) {
    this.app = app;
    this.#resources = resources;
    this.installation = installation;
    this.url = parts.url;
    this.#ownsData = parts.ownsData;
  }

  /** Starts it. Heartbeats are rare and retries quick unless the configuration says otherwise. */
  static async start(options: ManagerAppOptions = {}): Promise<ManagerApp> {
    const installation = options.installation ?? {
      connection: await createTestDatabase(),
      dataDir: await mkdtemp(join(tmpdir(), 'myx-manager-app-')),
    };
    const config = ManagerConfig.parse({
      data_dir: installation.dataDir,
      listen: { port: 0 },
      database: { url: urlOf(installation.connection), pool_size: 10 },
      heartbeat: { min_interval_seconds: 3600, max_interval_seconds: 3600 },
      rpc: { retries: 1, retry_base_seconds: 1 },
      ...options.config,
    });
    const resources = await openResources(config, options.logger ?? pino({ level: 'silent' }));
    const app = await createManager(resources);
    await app.listen(0, '127.0.0.1');
    const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    const ownsData = options.installation === undefined;
    const manager = new ManagerApp(app, resources, installation, { url, ownsData });
    closeFirst.add(manager);
    return manager;
  }

  /** A provider of any feature. */
  get<Provider>(type: Type<Provider> | (abstract new (...args: never[]) => Provider)): Provider {
    return this.app.get<Provider>(type, { strict: false });
  }

  get dataSource(): DataSource {
    return this.#resources.dataSource;
  }

  /** A client with an administrator's API token. */
  async api(): Promise<ApiClient> {
    return new ApiClient(this.url, await this.token());
  }

  /** An administrator's API token. */
  async token(): Promise<string> {
    this.#token ??= await this.#createToken();
    return this.#token;
  }

  /** The cookie of an administrator's session. */
  async cookie(): Promise<string> {
    await this.token();
    const session = await new ApiClient(this.url).raw('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.url },
      body: JSON.stringify({ login: 'admin', password: PASSWORD }),
    });
    return session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }

  /** The certificate an agent must accept. */
  get clientCa(): Pick<TestCertificate, 'certificate'> {
    return { certificate: this.#resources.certificateAuthority.certificate };
  }

  /**
   * Adds a server that is already online with an agent on a port of this machine. Unless it `isAsked` for its health,
   * which happens within seconds the first time, it stays online whether or not somebody is there.
   */
  async addServer(
    name: string,
    port: number,
    certificate: TestCertificate,
    { isAsked = true } = {},
  ): Promise<string> {
    const servers = this.get(ServersService);
    const agents = this.get(AgentsService);
    return this.get(TransactionRunner).run(async ({ manager }) => {
      const { id } = await servers.insert(manager, {
        name,
        host: '127.0.0.1',
        connection: 'registered',
        status: 'online',
      });
      await agents.adopt(manager, id, {
        rpcPort: port,
        rpcPath: AGENT_ACCESS.path,
        token: new Secret(AGENT_ACCESS.token),
        secretKey: new Secret(AGENT_ACCESS.secretKey),
        certificateFingerprint: certificate.fingerprint,
        certificatePem: certificate.certificate,
      });
      if (!isAsked) {
        await manager.query(
          `INSERT INTO server_heartbeats (server_id, due_at) VALUES ($1, now() + interval '1 day')`,
          [id],
        );
      }
      return id;
    });
  }

  /** Removes all servers. A heartbeat that is just being stored ends before, or they could wait for each other. */
  async removeServers(): Promise<void> {
    await this.get(TransactionRunner).run(async ({ manager }) => {
      await manager.query('LOCK TABLE server_heartbeats IN SHARE ROW EXCLUSIVE MODE');
      await manager.query('DELETE FROM servers');
    });
  }

  /** Stops it; removes its data unless another one still uses them. */
  async close(): Promise<void> {
    if (!closeFirst.delete(this)) return;
    await this.app.close();
    await this.#resources.close();
    if (this.#ownsData) await rm(this.installation.dataDir, { recursive: true, force: true });
  }

  async #createToken(): Promise<string> {
    const code = await this.get(SetupService).currentCode();
    if (!code) throw new Error('the installation has an administrator already');
    const anonymous = new ApiClient(this.url);
    const admin = { code: code.reveal(), login: 'admin', password: PASSWORD };
    await anonymous.post('/api/v1/setup', admin, [200, 201, 204]);
    const session = await anonymous.signIn('admin', PASSWORD);
    const { token } = await session.post<{ token: string }>(
      '/api/v1/api-tokens',
      { name: 'tests', role: 'admin', expires_in_days: 1 },
      [201],
    );
    return token;
  }
}

function urlOf(connection: DatabaseConnection): string {
  if (connection.kind === 'url') return connection.url.reveal();
  const { host, port, user, database } = connection;
  const query = new URLSearchParams({ host, port: String(port) });
  return `postgresql://${user}@localhost/${database}?${query.toString()}`;
}
