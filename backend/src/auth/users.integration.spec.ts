import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AccessApp } from '../../../test/support/access-app.ts';
import type { Actor } from '../platform/http/index.js';
import { ApiTokensService } from './api-tokens.service.js';
import { ROLE_TOO_HIGH } from './auth.errors.js';

/** A first start of the database takes seconds on a busy machine. */
jest.setTimeout(60_000);

const PASSWORD = 'a long enough password';

let api: AccessApp;
let root: string;

beforeEach(async () => {
  api = await AccessApp.start();
  await api.setUp('root', PASSWORD);
  root = await api.signIn('root', PASSWORD);
});

afterEach(() => api.close());

async function addUser(login: string, role: string): Promise<string> {
  const { status, body } = await api.browse(root, 'POST', '/api/v1/users', {
    login,
    password: PASSWORD,
    role,
  });
  expect(status).toBe(201);
  return body.id as string;
}

async function rootId(): Promise<string> {
  return (await api.browse(root, 'GET', '/api/v1/session')).body.id as string;
}

function change(id: string, changes: unknown, cookie = root) {
  return api.browse(cookie, 'PATCH', `/api/v1/users/${id}`, changes);
}

describe('users', () => {
  it('are listed without anything secret', async () => {
    await addUser('ada', 'viewer');
    const { body } = await api.browse(root, 'GET', '/api/v1/users?limit=1');
    const next = await api.browse(
      root,
      'GET',
      `/api/v1/users?limit=1&cursor=${String(body.next_cursor)}`,
    );

    expect(body.items).toEqual([
      {
        id: await rootId(),
        login: 'root',
        role: 'admin',
        disabled: false,
        created_at: expect.any(String),
        last_login_at: expect.any(String),
      },
    ]);
    expect(next.body).toMatchObject({ items: [{ login: 'ada', last_login_at: null }] });
    expect(next.body.next_cursor).toBeNull();
  });

  it('have logins of their own, whatever the case', async () => {
    await addUser('ada', 'viewer');
    const { status, body } = await api.browse(root, 'POST', '/api/v1/users', {
      login: 'ADA',
      password: PASSWORD,
      role: 'viewer',
    });

    expect([status, body.name]).toEqual([409, 'login_taken']);
  });

  it('lose sessions and tokens for good when they are disabled', async () => {
    const id = await addUser('ada', 'admin');
    const ada = await api.signIn('ada', PASSWORD);
    const token = await api.makeToken(ada, 'of ada', 'viewer');
    const use = async () => [
      (await api.call('GET', '/api/v1/session', { cookie: ada })).status,
      (await api.call('GET', '/api/v1/session', { token })).status,
    ];

    expect(await use()).toEqual([200, 200]);
    expect((await change(id, { disabled: true })).body).toMatchObject({ disabled: true });
    expect(await use()).toEqual([401, 401]);
    const body = { login: 'ada', password: PASSWORD };
    expect((await api.call('POST', '/api/v1/session', { body })).status).toBe(401);
    await change(id, { disabled: false });
    expect(await use()).toEqual([401, 401]);
    expect((await api.call('POST', '/api/v1/session', { body })).status).toBe(200);
  });

  it('are out at once when somebody else sets their password', async () => {
    const id = await addUser('ada', 'operator');
    const ada = await api.signIn('ada', PASSWORD);
    await change(id, { password: 'chosen by an administrator' });

    expect((await api.call('GET', '/api/v1/session', { cookie: ada })).status).toBe(401);
    await api.signIn('ada', 'chosen by an administrator');
  });

  it('can sign in at once with a password an administrator set, however often they failed', async () => {
    const id = await addUser('ada', 'operator');
    const tryToSignIn = async (password: string) =>
      (await api.call('POST', '/api/v1/session', { body: { login: 'ada', password } })).status;
    for (let index = 0; index < 5; index += 1) await tryToSignIn('forgotten');
    await api.prolongWaits();
    expect(await tryToSignIn(PASSWORD)).toBe(429);
    await change(id, { password: 'chosen by an administrator' });

    expect(await tryToSignIn('chosen by an administrator')).toBe(200);
  });

  it('have their new role with the next request', async () => {
    const id = await addUser('ada', 'viewer');
    const ada = await api.signIn('ada', PASSWORD);
    expect((await api.browse(ada, 'GET', '/api/v1/users')).status).toBe(403);
    await change(id, { role: 'admin' });

    expect((await api.browse(ada, 'GET', '/api/v1/users')).status).toBe(200);
  });

  it('that do not exist cannot be changed', async () => {
    const { status } = await change('01990000-0000-7000-8000-000000000001', { role: 'viewer' });

    expect(status).toBe(404);
  });
});

describe('the last administrator', () => {
  it.each([{ disabled: true }, { role: 'operator' }])(
    'cannot be changed by %j',
    async (changes) => {
      await addUser('ada', 'operator');
      const { status, body } = await change(await rootId(), changes);

      expect([status, body.name]).toEqual([409, 'last_admin']);
    },
  );

  it('does not count those who are disabled', async () => {
    await change(await addUser('ada', 'admin'), { disabled: true });

    expect((await change(await rootId(), { role: 'viewer' })).status).toBe(409);
  });

  it('stays when two administrators demote each other at the same moment, 15 times', async () => {
    for (let round = 0; round < 15; round += 1) {
      const [a, b] = [await addUser(`a${round}`, 'admin'), await addUser(`b${round}`, 'admin')];
      const cookie = await api.signIn(`a${round}`, PASSWORD);
      const own = await rootId();
      const answers = await Promise.all([
        change(a, { role: 'viewer' }),
        change(b, { disabled: true }),
        change(own, { role: 'operator' }, cookie),
      ]);
      const [row] = await api.dataSource.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM users WHERE role = 'admin' AND NOT disabled`,
      );

      expect(row?.count).toBeGreaterThanOrEqual(1);
      expect(answers.map(({ status }) => status)).not.toContain(500);
      await api.dataSource.query(
        `UPDATE users SET role = CASE id WHEN $1 THEN 'admin' ELSE 'viewer' END`,
        [own],
      );
    }
  });
});

describe('API tokens', () => {
  it('are shown once and stored as a hash', async () => {
    const token = await api.makeToken(root, 'ci', 'operator');
    const listed = await api.browse(root, 'GET', '/api/v1/api-tokens');
    const [row] = await api.dataSource.query<{ row: string }[]>(
      'SELECT t::text AS row FROM api_tokens t',
    );

    expect(token).toMatch(/^myx_[a-z0-9]{8}_[\w-]{43}$/);
    expect(JSON.stringify(listed.body)).not.toContain(token);
    expect(listed.body.items).toEqual([
      expect.objectContaining({
        name: 'ci',
        prefix: token.slice(4, 12),
        role: 'operator',
        last_used_at: null,
      }),
    ]);
    expect(row?.row).not.toContain(token.slice(13));
  });

  it('are listed page by page without losing or repeating one', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await api.makeToken(root, name, 'viewer');
    const seen: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const { body } = await api.browse(root, 'GET', `/api/v1/api-tokens${query}`);
      seen.push(...(body.items as { name: string }[]).map(({ name }) => name));
      const next = body.next_cursor as string | null;
      if (next === null) break;
      query = `?limit=2&cursor=${next}`;
    }

    expect(seen).toEqual(names);
  });

  it('end when they are revoked or expire', async () => {
    const [one, two] = [
      await api.makeToken(root, 'one', 'viewer'),
      await api.makeToken(root, 'two', 'viewer'),
    ];
    const { body } = await api.browse(root, 'GET', '/api/v1/api-tokens');
    const [first] = body.items as { id: string }[];
    const id = first?.id ?? '';
    const statusOf = async (token: string) =>
      (await api.call('GET', '/api/v1/session', { token })).status;

    expect([await statusOf(one), await statusOf(two)]).toEqual([200, 200]);
    expect((await api.browse(root, 'DELETE', `/api/v1/api-tokens/${id}`)).status).toBe(204);
    expect((await api.browse(root, 'DELETE', `/api/v1/api-tokens/${id}`)).status).toBe(404);
    expect([await statusOf(one), await statusOf(two)]).toEqual([401, 200]);
    await api.dataSource.query(`UPDATE api_tokens SET expires_at = now() - interval '1 s'`);
    expect(await statusOf(two)).toBe(401);
  });

  it('never do more than their owner may at that moment', async () => {
    const id = await addUser('ada', 'admin');
    const ada = await api.signIn('ada', PASSWORD);
    const token = await api.makeToken(ada, 'of ada', 'admin');
    await change(id, { role: 'viewer' });
    const { body } = await api.call('GET', '/api/v1/session', { token });

    expect(body.role).toBe('viewer');
    expect((await api.call('GET', '/api/v1/users', { token })).status).toBe(403);
  });

  it('made with a token belong to the same owner', async () => {
    const id = await addUser('ada', 'admin');
    const token = await api.makeToken(await api.signIn('ada', PASSWORD), 'parent', 'admin');
    const made = await api.call('POST', '/api/v1/api-tokens', {
      token,
      body: { name: 'child', role: 'viewer' },
    });
    const child = made.body.token as string;

    expect(made.body.owner_id).toBe(id);
    await change(id, { disabled: true });
    expect((await api.call('GET', '/api/v1/session', { token: child })).status).toBe(401);
  });

  it('are not given away above one’s own role', async () => {
    const actor: Actor = {
      kind: 'user',
      id: await rootId(),
      name: 'root',
      role: 'operator',
      address: null,
      correlationId: 'spec',
    };
    const making = api.app
      .get(ApiTokensService)
      .create(actor, actor.id, { name: 'too much', role: 'admin', expiresInDays: 1 });

    await expect(making).rejects.toEqual(expect.objectContaining({ definition: ROLE_TOO_HIGH }));
  });

  it('have one name each until they are revoked, and live a year at most', async () => {
    const make = (body: unknown) => api.browse(root, 'POST', '/api/v1/api-tokens', body);
    await api.makeToken(root, 'ci', 'viewer');
    const taken = await make({ name: 'CI', role: 'viewer' });
    const { body } = await api.browse(root, 'GET', '/api/v1/api-tokens');
    const [first] = body.items as { id: string }[];
    await api.browse(root, 'DELETE', `/api/v1/api-tokens/${first?.id ?? ''}`);

    expect([taken.status, taken.body.name]).toEqual([409, 'token_name_taken']);
    expect((await make({ name: 'CI', role: 'viewer' })).status).toBe(201);
    expect((await make({ name: 'x', role: 'viewer', expires_in_days: 366 })).status).toBe(400);
  });

  it('note their use once a minute', async () => {
    const token = await api.makeToken(root, 'ci', 'viewer');
    const use = () => api.call('GET', '/api/v1/session', { token });
    const secondsAgo = async (): Promise<number> => {
      const [row] = await api.dataSource.query<{ ago: number }[]>(
        'SELECT extract(epoch FROM now() - last_used_at)::float AS ago FROM api_tokens',
      );
      return row?.ago ?? NaN;
    };

    await use();
    expect(await secondsAgo()).toBeGreaterThanOrEqual(0);
    await api.dataSource.query(`UPDATE api_tokens SET last_used_at = now() - interval '30 s'`);
    await use();
    expect(await secondsAgo()).toBeGreaterThanOrEqual(30);
    await api.dataSource.query(`UPDATE api_tokens SET last_used_at = now() - interval '10 min'`);
    await use();
    expect(await secondsAgo()).toBeLessThan(600);
  });
});
