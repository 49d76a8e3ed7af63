import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { startSource } from '../../../test/support/source-process.ts';
import { AuditRepository } from '../audit/index.js';
import { ApiTokensRepository, UsersRepository } from '../auth/index.js';
import { loadConfig } from '../platform/config/index.js';
import { sha256 } from '../platform/crypto/index.js';
import { connectDatabase } from './database-session.js';
import type { DatabaseSession } from './database-session.js';
import { runCommandLine } from './main.js';

/** A first start of the database takes seconds on a busy machine. */
jest.setTimeout(60_000);

const PASSWORD = 'a long enough password';

let dataDir: string;

interface Run {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function myx(argv: readonly string[], input = '', env = {}): Promise<Run> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const texts = { out: '', err: '' };
  stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
  const io = { stdin, stdout, stderr, env, cwd: dataDir };
  const status = await runCommandLine(['--data-dir', dataDir, ...argv], io);
  return { status, ...texts };
}

async function withDatabase<T>(work: (session: DatabaseSession) => Promise<T>): Promise<T> {
  const config = loadConfig({ argv: ['--data-dir', dataDir], env: {}, cwd: dataDir });
  const session = await connectDatabase(config, pino({ level: 'silent' }));
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

async function newDataDir(): Promise<void> {
  dataDir = await mkdtemp(join(tmpdir(), 'myx-cli-'));
}

async function removeDataDir(): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
}

describe('on a machine where the manager does not run', () => {
  beforeAll(async () => {
    await newDataDir();
    const { status, out } = await myx(
      ['admin', 'create', '--login', 'Root', '--password-stdin'],
      `${PASSWORD}\n`,
    );
    expect([status, out]).toEqual([0, 'Created the administrator root.\n']);
  });

  afterAll(removeDataDir);

  it('creates an administrator before the first start, and audits who did', async () => {
    const [user, events, kind] = await withDatabase(async ({ dataSource, kind }) => [
      await new UsersRepository(dataSource).findByLogin('root'),
      await new AuditRepository(dataSource).find({ action: 'user.create' }, 10),
      kind,
    ]);

    expect(user).toMatchObject({ role: 'admin', disabled: false });
    expect(events.map(({ event }) => event.actorKind)).toEqual(['cli']);
    expect(kind).toBe('started');
  });

  it('leaves no server behind', async () => {
    expect(await readdir(join(dataDir, 'postgres/run'))).toEqual([]);
  });

  it('refuses a login that is taken, and a weak password', async () => {
    const taken = await myx(['admin', 'create', '--login', 'root', '--password-stdin'], PASSWORD);
    const weak = await myx(['admin', 'create', '--login', 'ada', '--password-stdin'], 'short');

    expect([taken.status, weak.status]).toEqual([1, 1]);
    expect(taken.err).toContain('There is a user root already');
    expect(weak.err).toContain('12 to 256 characters');
  });

  it('has no way to take a password from the arguments', async () => {
    const { status, err } = await myx([
      'admin',
      'create',
      '--login',
      'ada',
      '--password',
      PASSWORD,
    ]);

    expect(status).toBe(1);
    expect(err).toContain("unknown option '--password'");
  });

  it('gives a user a new password', async () => {
    const argv = ['admin', 'reset-password', '--login', 'root', '--password-stdin'];
    const before = await withDatabase(({ dataSource }) =>
      dataSource.query<unknown[]>('SELECT password_hash FROM users'),
    );
    const { status } = await myx(argv, 'another long password');
    const after = await withDatabase(({ dataSource }) =>
      dataSource.query<unknown[]>('SELECT password_hash FROM users'),
    );

    expect(status).toBe(0);
    expect(after).not.toEqual(before);
    expect((await myx([...argv, '--login', 'nobody'], PASSWORD)).err).toContain('no user nobody');
  });

  it('makes, lists and revokes API tokens', async () => {
    const made = await myx([
      'token',
      'create',
      '--name',
      'ci',
      '--role',
      'operator',
      '--expires',
      '4w',
    ]);
    const token = made.out.trim();
    const live = await withDatabase(({ dataSource }) =>
      new ApiTokensRepository(dataSource).findLive(sha256(token)),
    );
    const listed = await myx(['token', 'list']);
    const revoked = await myx(['token', 'revoke', 'ci']);

    expect(made.out).toMatch(/^myx_[a-z0-9]{8}_[\w-]{43}\n$/);
    expect(live).toMatchObject({ name: 'ci', role: 'operator', ownerId: null });
    expect(listed.out).toContain(`myx_${token.slice(4, 12)}_...`);
    expect(listed.out).not.toContain(token);
    expect(revoked.status).toBe(0);
    expect((await myx(['token', 'list'])).out).not.toContain('ci ');
    expect((await myx(['token', 'revoke', 'ci'])).status).toBe(1);
  });

  it('refuses roles and lifetimes there are not', async () => {
    const role = await myx(['token', 'create', '--name', 'x', '--role', 'root']);
    const expires = await myx([
      'token',
      'create',
      '--name',
      'x',
      '--role',
      'viewer',
      '--expires',
      '9y',
    ]);

    expect([role.status, expires.status]).toEqual([1, 1]);
    expect(role.err).toContain('viewer, operator, admin');
    expect(expires.err).toContain('1 to 365 days');
  });

  it('verifies the audit log and compares it with heads noted before', async () => {
    const { status, out } = await myx(['audit', 'verify']);
    const head = /^Head: (\S+)$/m.exec(out)?.[1] ?? '';
    await writeFile(join(dataDir, 'audit-checkpoint'), `${head}\n`);

    expect(status).toBe(0);
    expect((await myx(['audit', 'verify', '--expect', head])).status).toBe(0);
    const other = await myx(['audit', 'verify', '--expect', `1:${'0'.repeat(64)}`]);
    expect([other.status, other.out]).toEqual([1, expect.stringContaining('cut: ')]);
    await writeFile(join(dataDir, 'audit-checkpoint'), `999:${'a'.repeat(64)}\n`);
    expect((await myx(['audit', 'verify'])).status).toBe(1);
    await rm(join(dataDir, 'audit-checkpoint'));
    expect((await myx(['audit', 'verify', '--expect', 'garbage'])).err).toContain('--expect');
  });

  it('finds nothing to migrate', async () => {
    expect((await myx(['migrate'])).out).toBe('The database schema is up to date.\n');
  });

  it('is healthy', async () => {
    const { out } = await myx(['doctor', '--data-dir', dataDir], '', { MYX_LISTEN_PORT: '0' });

    for (const name of ['Node.js', 'configuration', 'data directory', 'database', 'migrations']) {
      expect(out).toMatch(new RegExp(`^ok +${name} `, 'm'));
    }
    expect(out).toContain('started for this check');
  });

  it('notices that the master key is gone, and makes no other', async () => {
    await withDatabase(({ dataSource }) =>
      dataSource.query('INSERT INTO installation_keys (name, check_value) VALUES ($1, $2)', [
        'master',
        Buffer.alloc(32, 1),
      ]),
    );
    const { status, out } = await myx(['doctor']);
    await withDatabase(({ dataSource }) => dataSource.query('DELETE FROM installation_keys'));

    expect(status).toBe(1);
    expect(out).toMatch(
      /^fail +keys +this database was written with a master key that is not here/m,
    );
    expect(await readdir(join(dataDir, 'secrets'))).not.toContain('master.key');
  });
});

describe('beside a manager that runs', () => {
  beforeEach(newDataDir);
  afterEach(removeDataDir);

  it('uses its database and leaves it running', async () => {
    const script = join(import.meta.dirname, '../../../test/support/embedded-postgres-process.ts');
    const manager = startSource(script, [dataDir]);
    try {
      expect(await manager.nextLine()).toContain('ready');
      const created = await myx(
        ['admin', 'create', '--login', 'root', '--password-stdin'],
        PASSWORD,
      );
      const kind = await withDatabase((session) => Promise.resolve(session.kind));

      expect([created.status, kind]).toEqual([0, 'running']);
      expect((await myx(['doctor'])).out).toContain('of the running manager');
    } finally {
      await manager.kill();
      // The server outlives its manager: taking it over is how it is stopped.
      await withDatabase(() => Promise.resolve());
    }
  });
});

describe('doctor', () => {
  beforeEach(newDataDir);
  afterEach(removeDataDir);

  it('makes nothing on a new machine', async () => {
    const { out } = await myx(['doctor'], '', { MYX_LISTEN_PORT: '0' });

    expect(out).toMatch(/^ok +database +the embedded PostgreSQL is made at the first start/m);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('tells all configuration problems and goes on', async () => {
    const { status, out } = await myx(['doctor'], '', {
      MYX_LISTEN_PORT: 'eighty',
      MYX_LOG_LEVEL: 'loud',
    });

    expect(status).toBe(1);
    expect(out).toMatch(/^fail +configuration/m);
    expect(out).toContain('listen.port');
    expect(out).toContain('log.level');
    expect(out).toMatch(/^ok +Node.js/m);
  });

  it('finds a port that another program has, a Redis that is away and files that are not there', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    other.on('connection', (socket) => socket.destroy());
    const { status, out } = await myx(['doctor'], '', {
      MYX_LISTEN_PORT: String(port),
      REDIS_URL: 'redis://:canary-91@127.0.0.1:1',
      MYX_LISTEN_TLS_CERT_FILE: '/nowhere/cert.pem',
      MYX_LISTEN_TLS_KEY_FILE: '/nowhere/key.pem',
    });
    await new Promise((resolve) => other.close(resolve));

    expect(status).toBe(1);
    expect(out).toMatch(new RegExp(`^warn +port +127.0.0.1:${String(port)} is in use`, 'm'));
    expect(out).toMatch(/^fail +Redis +does not answer: .*ECONNREFUSED/m);
    expect(out).toMatch(/^fail +TLS +\/nowhere\/cert.pem cannot be read \(ENOENT\)/m);
    expect(out).not.toContain('canary-91');
  });
});

describe('a data directory of another user', () => {
  beforeEach(newDataDir);
  afterEach(removeDataDir);

  it('is left alone, whoever asks', async () => {
    const isRoot = process.geteuid?.() === 0;
    const directory = isRoot ? join(dataDir, 'foreign') : '/usr';
    if (isRoot) {
      await mkdir(directory);
      await chown(directory, 61_234, 61_234);
    }
    const { status, err } = await myx(['token', 'list', '--data-dir', directory]);

    expect(status).toBe(1);
    expect(err).toContain('Run this as that user');
    if (isRoot) expect(await readdir(directory)).toEqual([]);
  });
});

describe('the command line', () => {
  beforeEach(newDataDir);
  afterEach(removeDataDir);

  it('explains itself', async () => {
    const { status, out } = await myx(['--help']);

    expect(status).toBe(0);
    for (const command of ['admin', 'token', 'audit', 'migrate', 'doctor']) {
      expect(out).toContain(command);
    }
  });

  it('says what is wrong with the configuration, by name, with its own exit status', async () => {
    const { status, err } = await myx(['migrate'], '', { MYX_LOG_LEVEL: 'canary-loud' });

    expect(status).toBe(78);
    expect(err).toContain('log.level');
    expect(err).not.toContain('canary-loud');
  });

  it('says what is wrong with the database, without its password', async () => {
    const { status, err } = await myx(['migrate'], '', {
      DATABASE_URL: 'postgres://myx:canary-92@127.0.0.1:1/myx',
    });

    expect(status).toBe(1);
    expect(err).toContain('ECONNREFUSED');
    expect(err).not.toContain('canary-92');
  });
});
