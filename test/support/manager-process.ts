import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { buildWhatIsStale, WITHOUT_WEB_UI } from '../../backend/bin/build.ts';
import { ApiClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-ports.ts';

const root = path.resolve(import.meta.dirname, '../..');
const START_DEADLINE_MS = 180_000;

/** How a manager under test is started. */
export interface ManagerOptions {
  /** Extra environment, for example `MYX_HEARTBEAT_MIN_INTERVAL_SECONDS`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Leaves the first start to the test: there is no administrator and no API token. */
  readonly firstStart?: boolean;
  /** Lets it find no systemd on its own machine, whatever runs there. As root only. */
  readonly hidesSystemd?: boolean;
}

/** Covers systemd's runtime directory in a mount namespace of its own, then becomes the program. */
const WITHOUT_SYSTEMD = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'if [ -d /run/systemd ]; then mount -t tmpfs none /run/systemd; fi; exec "$@"',
  'sh',
];

/** Who administers a manager under test. */
export interface Administrator {
  readonly login: string;
  readonly password: string;
}

/**
 * A real manager as a process of its own, with its own data directory, embedded PostgreSQL and port.
 * `close` ends it and removes everything it made.
 */
export class ManagerProcess {
  readonly dataDirectory: string;
  readonly port: number;
  readonly logFile: string;
  private readonly env: Readonly<Record<string, string>>;
  private readonly wrapper: readonly string[];
  private child: ChildProcess | undefined;
  private output = '';
  private token: string | undefined;
  private created: Administrator | undefined;

  private constructor(port: number, options: ManagerOptions) {
    this.port = port;
    this.env = options.env ?? {};
    this.wrapper = options.hidesSystemd === true ? WITHOUT_SYSTEMD : [];
    this.dataDirectory = mkdtempSync(path.join(tmpdir(), 'myx-manager-'));
    this.logFile = path.join(this.dataDirectory, 'manager.log');
  }

  /** Starts a manager on a free port, creates its administrator and an API token for `api`. */
  static async start(options: ManagerOptions = {}): Promise<ManagerProcess> {
    buildWhatIsStale(WITHOUT_WEB_UI);
    const manager = new ManagerProcess(await freePort(), options);
    try {
      await manager.boot();
      if (options.firstStart !== true) await manager.setUp();
    } catch (error) {
      await manager.close();
      throw error;
    }
    return manager;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error('the manager does not run');
    return pid;
  }

  /** What the manager printed since its last start. */
  get printed(): string {
    return this.output;
  }

  /** The administrator that was created at the start. */
  get administrator(): Administrator {
    if (this.created === undefined) throw new Error('the manager is not set up');
    return this.created;
  }

  /** The one-time code it prints while it has no administrator. */
  setupCode(): Promise<string> {
    // It answers requests a moment before it has printed everything.
    return eventually(
      'a setup code is printed',
      () => Promise.resolve(/setup code:\s+(\S+)/i.exec(this.output)?.[1]),
      { everyMs: 20 },
    );
  }

  /** A client with an administrator's API token. */
  get api(): ApiClient {
    if (this.token === undefined) throw new Error('the manager is not set up');
    return new ApiClient(this.url, this.token);
  }

  /** Runs a statement in its embedded database, past every rule: for what would take long to make otherwise. */
  async sql(statement: string): Promise<void> {
    const host = path.join(this.dataDirectory, 'postgres/run');
    const client = new pg.Client({ host, port: 5432, user: 'myx', database: 'myx' });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** Starts it again on the same data directory and port. */
  async boot(): Promise<void> {
    this.output = '';
    const log = createWriteStream(this.logFile, { flags: 'a' });
    const [program, ...args] = [...this.wrapper, process.execPath, 'backend/bin/manager.js'];
    const child = spawn(program, args, {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        MYX_DATA_DIR: this.dataDirectory,
        MYX_LISTEN_PORT: String(this.port),
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString('utf8');
        log.write(chunk);
      });
    }
    // It may still be read what it printed last when it has ended.
    child.once('close', () => {
      log.end();
    });
    this.child = child;
    await this.untilReady(child);
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to stop and waits until it has. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Stops it and removes its data. Reaps the embedded database of a killed manager by one more start. */
  async close(): Promise<void> {
    const wasKilled = this.child === undefined && this.token !== undefined;
    if (wasKilled) await this.boot();
    await this.stop();
    // What a manager that was killed while it started has left running may still write into it.
    rmSync(this.dataDirectory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await ended;
    }
  }

  private async untilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS;
    while (Date.now() < deadline) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the manager ended while starting:\n${this.output}`);
      }
      if (await this.isReady()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the manager was not ready in time:\n${this.output}`);
  }

  private async isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/readyz`);
      return response.ok;
    } catch {
      // Not listening yet: fetch throws a TypeError for every connection failure.
      return false;
    }
  }

  private async setUp(): Promise<void> {
    const code = await this.setupCode();
    const password = randomBytes(18).toString('base64url');
    const anonymous = new ApiClient(this.url);
    await anonymous.post('/api/v1/setup', { code, login: 'admin', password }, [200, 201, 204]);
    const session = await anonymous.signIn('admin', password);
    const { token } = await session.post<{ token: string }>(
      '/api/v1/api-tokens',
      { name: 'tests', role: 'admin', expires_in_days: 1 },
      [201],
    );
    this.token = token;
    this.created = { login: 'admin', password };
  }
}
