import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { openTestDatabase } from '../../../test/support/test-database.ts';
import { AUDIT_ENTITIES, AuditRepository, AuditService } from '../audit/index.js';
import { CREDENTIALS_ENTITIES, CredentialsService } from '../credentials/index.js';
import { MIGRATIONS } from '../migrations/index.js';
import { MasterKey, SecretBox } from '../platform/crypto/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { LiveBus } from '../platform/live/index.js';
import type { LiveMessage } from '../platform/live/index.js';
import { SERVERS_ENTITIES } from './server.entity.js';
import type { Server, ServerFacts } from './server.entity.js';
import { ServerEditor } from './server-editor.js';
import { ServerLogins } from './server-logins.js';
import { ServersRepository } from './servers.repository.js';
import { ServerDetails, ServerQuery, UpdateServer } from './servers.schema.js';
import { ServersService } from './servers.service.js';
import type { NewServer } from './servers.service.js';
import { SshLogin } from './ssh-login.schema.js';

/** A busy machine starts the database slowly. */
jest.setTimeout(60_000);

const actor = {
  kind: 'user',
  id: '0198a000-0000-7000-8000-000000000001',
  name: 'ada',
  role: 'admin',
  address: '192.0.2.1',
  correlationId: 'spec',
} as const;

const FACTS: ServerFacts = {
  hostname: 'one',
  machine_id: '0123456789abcdef0123456789abcdef',
  os: { id: 'debian', version_id: '12', pretty_name: 'Debian GNU/Linux 12 (bookworm)' },
  kernel: '6.1.0',
  arch: 'x64',
  init_system: 'systemd',
  virtualization: null,
  cpu: { model: null, cores: 2 },
  timezone: 'Etc/UTC',
  disks: [],
  interfaces: [],
};

const LOGIN = SshLogin.parse({
  username: 'deploy',
  auth: { type: 'password', password: 'canary-password-77' },
  sudo_password: 'canary-sudo-77',
  host_key: { fingerprint: `SHA256:${'A'.repeat(43)}` },
});

let dataSource: DataSource;
let servers: ServersService;
let logins: ServerLogins;
let editor: ServerEditor;
let messages: LiveMessage[];

beforeAll(async () => {
  ({ dataSource } = await openTestDatabase({
    entities: [...AUDIT_ENTITIES, ...CREDENTIALS_ENTITIES, ...SERVERS_ENTITIES],
    migrations: MIGRATIONS,
  }));
  const bus = new LiveBus();
  bus.subscribe((message) => messages.push(message));
  const box = new SecretBox(new MasterKey(Buffer.alloc(32, 7)));
  servers = new ServersService(new ServersRepository(dataSource), bus);
  logins = new ServerLogins(new CredentialsService(dataSource, box));
  editor = new ServerEditor(
    servers,
    logins,
    new AuditService(new AuditRepository(dataSource)),
    new TransactionRunner(dataSource, pino({ level: 'silent' })),
  );
});

beforeEach(async () => {
  messages = [];
  await dataSource.query('DELETE FROM servers');
});

function add(name: string, change: Partial<NewServer> = {}): Promise<Server> {
  return dataSource.transaction((manager) =>
    servers.insert(manager, {
      name,
      host: '10.0.0.1',
      connection: 'local',
      status: 'new',
      ...change,
    }),
  );
}

function addOverSsh(name: string): Promise<Server> {
  return dataSource.transaction(async (manager) =>
    servers.insert(manager, {
      name,
      host: '10.0.0.1',
      connection: 'ssh',
      ssh: await logins.store(manager, LOGIN),
      status: 'new',
    }),
  );
}

function list(query: object = {}): ReturnType<ServerEditor['list']> {
  return editor.list(ServerQuery.parse(query));
}

function update(id: string, changes: object): Promise<ServerDetails> {
  return editor.update(id, UpdateServer.parse(changes), actor);
}

async function nameOfError(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return error.definition.name;
    throw error;
  }
  return 'no error';
}

describe('names', () => {
  it('are unique whatever the case', async () => {
    await add('Web-1');

    expect(await nameOfError(add('web-1'))).toBe('server_name_taken');
  });

  it('stay unique when many ask at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => add('same')));

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(AppError);
    }
  });

  it('may be kept when a server is changed', async () => {
    const { id } = await add('one');

    expect((await update(id, { name: 'ONE' })).name).toBe('ONE');
  });
});

describe('lists', () => {
  beforeEach(async () => {
    await add('b', { labels: { env: 'prod', role: 'db' }, host: 'db.example.org' });
    await add('A', { labels: { env: 'prod' } });
    await add('c_', { labels: { env: 'test' }, status: 'online' });
  });

  it.each<[string, object, string[]]>([
    ['all, by name', {}, ['A', 'b', 'c_']],
    ['part of a name', { search: 'B' }, ['b']],
    ['part of a host', { search: 'example' }, ['b']],
    ['a wildcard as what it is', { search: '_' }, ['c_']],
    ['a label', { label: 'env=prod' }, ['A', 'b']],
    ['all of several labels', { label: ['env=prod', 'role=db'] }, ['b']],
    ['a status', { status: 'online' }, ['c_']],
    ['any of several statuses', { status: ['online', 'new'] }, ['A', 'b', 'c_']],
    ['nothing', { label: 'env=none' }, []],
  ])('find %s', async (_name, query, names) => {
    const { items } = await list(query);

    expect(items.map(({ name }) => name)).toEqual(names);
  });

  it('go on at the cursor', async () => {
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.next_cursor });

    expect(first.items.map(({ name }) => name)).toEqual(['A', 'b']);
    expect(second.items.map(({ name }) => name)).toEqual(['c_']);
    expect(second.next_cursor).toBeNull();
  });
});

describe('status', () => {
  const offline = {
    status: 'offline',
    cause: { layer: 'tcp', code: 'refused', message: 'Nothing listens.' },
  } as const;

  function change(id: string, to: Parameters<ServersService['changeStatus']>[2]): Promise<boolean> {
    return dataSource.transaction((manager) => servers.changeStatus(manager, id, to));
  }

  it('keeps every change with its cause', async () => {
    const { id } = await add('one');

    const answers = [
      await change(id, offline),
      await change(id, offline),
      await change(id, { status: 'online', cause: null }),
    ];

    const { items } = await editor.transitions(id, { limit: 2 });
    expect(answers).toEqual([true, false, true]);
    expect(items.map(({ from, to, cause }) => [from, to, cause?.code ?? null])).toEqual([
      ['offline', 'online', null],
      ['new', 'offline', 'refused'],
    ]);
  });

  it('keeps changes in the order in which they were stored, whoever began first', async () => {
    const { id } = await add('one');

    await dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_sleep(0.01)');
      await change(id, offline);
      await servers.changeStatus(manager, id, { status: 'online', cause: null });
    });

    const { items } = await editor.transitions(id, { limit: 10 });
    expect(items.map(({ to }) => to)).toEqual(['online', 'offline', 'new']);
  });

  it('replaces the cause alone without another transition', async () => {
    const { id } = await add('one');
    await change(id, offline);
    const before = await servers.get(id);

    const changed = await change(id, { ...offline, cause: { ...offline.cause, code: 'timeout' } });

    const after = await servers.get(id);
    expect(changed).toBe(true);
    expect(after.statusCause?.code).toBe('timeout');
    expect(after.statusSince).toEqual(before.statusSince);
    expect((await editor.transitions(id, { limit: 10 })).items).toHaveLength(2);
  });

  it('changes only from what the caller expects', async () => {
    const { id } = await add('one', { status: 'installing' });

    expect(await change(id, { ...offline, from: ['online', 'degraded'] })).toBe(false);
    expect((await servers.get(id)).status).toBe('installing');
  });

  it('pages through the history without losing one', async () => {
    const { id } = await add('one');
    for (const status of ['online', 'offline', 'online', 'degraded'] as const) {
      await change(id, { status, cause: null });
    }

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await editor.transitions(id, { limit: 2, cursor });
      seen.push(...page.items.map(({ to }) => to));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);

    expect(seen).toEqual(['degraded', 'online', 'offline', 'online', 'new']);
  });
});

describe('machines', () => {
  const machineId = FACTS.machine_id;
  const record = ({ id }: Server): Promise<void> =>
    dataSource.transaction((manager) =>
      servers.recordFacts(manager, id, { machineId, facts: FACTS }),
    );

  it('belong to one server, which is named', async () => {
    const [one, two] = [await add('one'), await add('two')];
    await record(one);
    await record(one);

    const refused = record(two);

    await expect(refused).rejects.toThrow('“one”');
    expect(await nameOfError(refused)).toBe('duplicate_machine');
  });

  it('belong to one server when many record them at once', async () => {
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((name) => add(name)));

    const results = await Promise.allSettled(all.map(record));

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('logins', () => {
  it('are shown without their secrets', async () => {
    const { id } = await addOverSsh('one');

    const details = await editor.details(id);

    expect(ServerDetails.parse(details).ssh).toMatchObject({
      username: 'deploy',
      auth_type: 'password',
      has_sudo_password: true,
      host_key: { fingerprint: `SHA256:${'A'.repeat(43)}` },
    });
    expect(JSON.stringify(details)).not.toContain('canary');
  });

  it('change in part, and keep the rest', async () => {
    const { id } = await addOverSsh('one');

    await update(id, { ssh: { username: 'root', sudo_password: null, port: 2222 } });

    const target = await logins.target(await servers.get(id));
    expect(target).toMatchObject({
      username: 'root',
      port: 2222,
      auth: { type: 'password', password: 'canary-password-77' },
    });
    expect(target).not.toHaveProperty('sudoPassword');
  });

  it('get a jump host of their own, and lose it again', async () => {
    const { id } = await addOverSsh('one');
    const jump = { host: 'jump.example.org', username: 'hop', auth: LOGIN.auth };

    await update(id, { ssh: { jump_host: { ...jump, host_key: { accept: 'first_seen' } } } });
    const through = await logins.target(await servers.get(id));
    await update(id, { ssh: { jump_host: null } });
    const direct = await logins.target(await servers.get(id));
    const [{ count }] = await dataSource.query<[{ count: string }]>(
      'SELECT count(*) FROM credentials WHERE username = $1',
      ['hop'],
    );

    expect(through.jumpHost).toMatchObject({
      host: 'jump.example.org',
      port: 22,
      hostKey: { accept: 'first_seen' },
    });
    expect(direct).not.toHaveProperty('jumpHost');
    expect(count).toBe('0');
  });

  it('refuse to change the host key of a pinned login', async () => {
    const { id } = await addOverSsh('one');
    const changes = { ssh: { host_key: { accept: 'first_seen' } } };

    expect(await nameOfError(update(id, changes))).toBe('connection_mismatch');
  });

  it('are added to a registered server only as a whole', async () => {
    const { id } = await add('one', { connection: 'registered' });
    const { auth, host_key } = LOGIN;

    expect(await nameOfError(update(id, { ssh: { username: 'root' } }))).toBe(
      'connection_mismatch',
    );
    const details = await update(id, { ssh: { username: 'root', auth, host_key } });

    expect(details).toMatchObject({ connection: 'ssh', ssh: { username: 'root', port: 22 } });
  });

  it.each<[string, object]>([
    ['a login', { ssh: { port: 22 } }],
    ['another address', { host: '192.0.2.7' }],
  ])('do not give the manager’s own machine %s', async (_name, changes) => {
    const { id } = await add('one');

    expect(await nameOfError(update(id, changes))).toBe('connection_mismatch');
  });
});

describe('a change', () => {
  it('is audited without secrets, and announced after it is stored', async () => {
    const { id } = await addOverSsh('one');

    await update(id, { labels: { env: 'prod' }, ssh: { sudo_password: 'canary-new-77' } });

    const [event] = await dataSource.query<{ action: string; details: object }[]>(
      'SELECT action, details FROM audit_events WHERE object_id = $1',
      [id],
    );
    expect(event).toMatchObject({
      action: 'server.update',
      details: { changed: ['labels', 'ssh'], ssh: ['sudo_password'] },
    });
    expect(messages).toMatchObject([{ topic: 'servers', type: 'server_changed', data: { id } }]);
    expect(JSON.stringify([event, messages])).not.toContain('canary');
  });

  it('is refused while the server is being removed', async () => {
    const { id } = await add('one', { status: 'removing' });

    expect(await nameOfError(update(id, { name: 'two' }))).toBe('server_being_removed');
  });

  it('sets a heartbeat interval of its own, and takes it back', async () => {
    const { id } = await add('one');
    const heartbeat = { min_interval_seconds: 5, max_interval_seconds: 10 };

    expect((await update(id, { heartbeat })).heartbeat).toEqual(heartbeat);
    expect((await update(id, { heartbeat: null })).heartbeat).toBeNull();
  });
});
