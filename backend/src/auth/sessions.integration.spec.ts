import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AccessApp } from '../../../test/support/access-app.ts';
import { AuditService, AuditVerifier } from '../audit/index.js';
import { AuthenticationService } from './authentication.service.js';
import { PasswordHasher } from './passwords.js';

/** A first start of the database takes seconds on a busy machine. */
jest.setTimeout(60_000);

const PASSWORD = 'a long enough password';
const OTHER_PASSWORD = 'another long password';

let api: AccessApp;

beforeEach(async () => {
  api = await AccessApp.start({ config: { trusted_proxies: ['127.0.0.1'] } });
  await api.setUp('root', PASSWORD);
});

afterEach(() => api.close());

function signIn(body: unknown, headers: Record<string, string> = {}) {
  return api.call('POST', '/api/v1/session', { body, headers });
}

async function isSignedIn(cookie: string, headers: Record<string, string> = {}): Promise<boolean> {
  return (await api.call('GET', '/api/v1/session', { cookie, headers })).status === 200;
}

async function actions(): Promise<string[]> {
  const { items } = await api.app.get(AuditService).list({}, 100);
  return items.map(({ event }) => `${event.action} ${event.outcome}`);
}

describe('signing in', () => {
  it('gives a cookie for this site alone, and tells who one is', async () => {
    const { status, headers, body } = await signIn({ login: 'ROOT', password: PASSWORD });

    expect(status).toBe(200);
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^myx=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/),
    ]);
    expect(body).toMatchObject({ kind: 'user', login: 'root', role: 'admin' });
    expect(body.permissions).toContain('users:manage');
  });

  it('gives a __Host- cookie behind a trusted proxy that speaks TLS', async () => {
    const https = { 'x-forwarded-proto': 'https' };
    const { headers } = await signIn({ login: 'root', password: PASSWORD }, https);
    const [cookie = ''] = headers.getSetCookie();

    expect(cookie).toMatch(/^__Host-myx=[\w-]{43}; .*; Secure$/);
    const pair = cookie.split(';')[0] ?? '';
    expect(await isSignedIn(pair, https)).toBe(true);
    expect(await isSignedIn(pair.replace('__Host-', ''), https)).toBe(false);
    expect(await isSignedIn(pair)).toBe(false);
  });

  it('stores neither the secret nor the password', async () => {
    const cookie = await api.signIn('root', PASSWORD);
    const rows = await api.dataSource.query<{ row: string }[]>(
      `SELECT s::text AS row FROM sessions s UNION ALL SELECT u::text FROM users u
       UNION ALL SELECT e::text FROM audit_events e`,
    );
    const stored = rows.map(({ row }) => row).join('\n');

    expect(stored).toContain('$argon2id$');
    expect(stored).not.toContain(cookie.split('=')[1]);
    expect(stored).not.toContain(PASSWORD);
  });

  it('gives a new secret and ends the session the browser came with', async () => {
    const first = await api.signIn('root', PASSWORD);
    const { headers } = await api.call('POST', '/api/v1/session', {
      cookie: first,
      headers: { origin: api.url },
      body: { login: 'root', password: PASSWORD },
    });
    const second = headers.getSetCookie()[0]?.split(';')[0] ?? '';

    expect(second).not.toBe(first);
    expect([await isSignedIn(first), await isSignedIn(second)]).toEqual([false, true]);
  });

  it('does not take over a secret that somebody planted', async () => {
    const planted = `myx=${'a'.repeat(43)}`;
    await api.call('POST', '/api/v1/session', {
      cookie: planted,
      body: { login: 'root', password: PASSWORD },
    });

    expect(await isSignedIn(planted)).toBe(false);
  });

  it('from another site is refused', async () => {
    const evil = { origin: 'https://evil.example' };
    const { status } = await signIn({ login: 'root', password: PASSWORD }, evil);

    expect(status).toBe(403);
  });

  it('answers the same for an unknown login and a wrong password, and writes no unknown login down', async () => {
    const wrong = await signIn({ login: 'root', password: 'wrong' });
    const unknown = await signIn({ login: 'secret-typed-here', password: 'wrong' });
    const bare = ({ correlation_id: _, ...rest }: Readonly<Record<string, unknown>>) => rest;

    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(bare(wrong.body)).toEqual(bare(unknown.body));
    const { items } = await api.app.get(AuditService).list({ outcome: 'failure' }, 10);
    expect(items).toHaveLength(2);
    expect(JSON.stringify(items.map(({ event }) => event))).not.toContain('secret-typed-here');
  });
});

describe('a password that is changed while it is proven', () => {
  /** Changes the user once `password` was found right, before anything follows from that. */
  function changingMeanwhile(change: () => Promise<unknown>): void {
    const hasher = api.app.get(PasswordHasher);
    const verify = hasher.verify.bind(hasher);
    jest.spyOn(hasher, 'verify').mockImplementationOnce(async (stored, password) => {
      const isRight = await verify(stored, password);
      await change();
      return isRight;
    });
  }

  async function aUser(): Promise<{ root: string; change: (changes: object) => Promise<unknown> }> {
    const root = await api.signIn('root', PASSWORD);
    const eve = { login: 'eve', password: PASSWORD, role: 'viewer' };
    const { body } = await api.browse(root, 'POST', '/api/v1/users', eve);
    const route = `/api/v1/users/${String(body.id)}`;
    return { root, change: (changes) => api.browse(root, 'PATCH', route, changes) };
  }

  it.each([{ password: OTHER_PASSWORD }, { disabled: true }])(
    'gives no session any more: %j',
    async (changes) => {
      const { change } = await aUser();
      changingMeanwhile(() => change(changes));

      const { status } = await signIn({ login: 'eve', password: PASSWORD });

      expect(status).toBe(401);
      const [row] = await api.dataSource.query<{ count: string }[]>(
        `SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.login = 'eve'`,
      );
      expect(row?.count).toBe('0');
      expect((await actions())[0]).toBe('session.create failure');
    },
  );

  it('does not take the place of the new one', async () => {
    const { change } = await aUser();
    const eve = await api.signIn('eve', PASSWORD);
    changingMeanwhile(() => change({ password: OTHER_PASSWORD }));

    const { status } = await api.browse(eve, 'PUT', '/api/v1/session/password', {
      current_password: PASSWORD,
      new_password: 'a third long password',
    });

    expect(status).toBe(401);
    expect((await signIn({ login: 'eve', password: OTHER_PASSWORD })).status).toBe(200);
  });
});

describe('a session', () => {
  it.each([
    ['its absolute end', `expires_at = now() - interval '1 s'`],
    ['half an hour without use', `last_seen_at = now() - interval '30 min 1 s'`],
  ])('ends at %s', async (_name, change) => {
    const cookie = await api.signIn('root', PASSWORD);
    await api.dataSource.query(`UPDATE sessions SET ${change}`);

    expect(await isSignedIn(cookie)).toBe(false);
  });

  it('lives on while it is used, noted at most once a minute', async () => {
    const cookie = await api.signIn('root', PASSWORD);
    const age = (interval: string) =>
      api.dataSource.query(`UPDATE sessions SET last_seen_at = now() - interval '${interval}'`);
    const secondsAgo = async (): Promise<number> => {
      const [row] = await api.dataSource.query<{ ago: number }[]>(
        'SELECT extract(epoch FROM now() - last_seen_at)::float AS ago FROM sessions',
      );
      return row?.ago ?? NaN;
    };

    await age('29 min');
    expect(await isSignedIn(cookie)).toBe(true);
    expect(await secondsAgo()).toBeLessThan(29 * 60);
    await age('30 s');
    expect(await isSignedIn(cookie)).toBe(true);
    expect(await secondsAgo()).toBeGreaterThanOrEqual(30);
  });

  it('is not kept alive by a look that does not count', async () => {
    const cookie = await api.signIn('root', PASSWORD);
    await api.dataSource.query(`UPDATE sessions SET last_seen_at = now() - interval '20 min'`);
    const request = { headers: { cookie }, socket: { remoteAddress: '192.0.2.1' } };
    const options = { correlationId: 'spec', touch: false };
    const found = await api.app.get(AuthenticationService).authenticate(request, options);

    expect(found?.actor.name).toBe('root');
    const [row] = await api.dataSource.query<{ old: boolean }[]>(
      `SELECT last_seen_at < now() - interval '19 min' AS old FROM sessions`,
    );
    expect(row?.old).toBe(true);
  });

  it('ends when its person signs out', async () => {
    const cookie = await api.signIn('root', PASSWORD);
    const { status, headers } = await api.browse(cookie, 'DELETE', '/api/v1/session');

    expect(status).toBe(204);
    expect(headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect(await isSignedIn(cookie)).toBe(false);
  });

  it('is listed and can be ended by its person, and by nobody else', async () => {
    const [mine, other] = [await api.signIn('root', PASSWORD), await api.signIn('root', PASSWORD)];
    await api.browse(mine, 'POST', '/api/v1/users', {
      login: 'eve',
      password: PASSWORD,
      role: 'admin',
    });
    const eve = await api.signIn('eve', PASSWORD);
    const { body } = await api.browse(mine, 'GET', '/api/v1/sessions');
    const items = body.items as { id: string; current: boolean }[];
    const otherId = items.find(({ current }) => !current)?.id ?? '';

    expect(items.map(({ current }) => current)).toEqual([false, true]);
    expect((await api.browse(eve, 'DELETE', `/api/v1/sessions/${otherId}`)).status).toBe(404);
    expect(await isSignedIn(other)).toBe(true);
    expect((await api.browse(mine, 'DELETE', `/api/v1/sessions/${otherId}`)).status).toBe(204);
    expect([await isSignedIn(other), await isSignedIn(mine)]).toEqual([false, true]);
  });

  it('is nothing an API token has', async () => {
    const token = await api.makeToken(await api.signIn('root', PASSWORD), 'ci', 'admin');
    const { status, body } = await api.call('DELETE', '/api/v1/session', { token });

    expect([status, body.name]).toEqual([403, 'session_required']);
    const me = await api.call('GET', '/api/v1/session', { token });
    expect(me.body).toMatchObject({ kind: 'token', login: 'ci', role: 'admin' });
  });
});

describe('changing the password', () => {
  function change(cookie: string, current: string, next: string) {
    const body = { current_password: current, new_password: next };
    return api.browse(cookie, 'PUT', '/api/v1/session/password', body);
  }

  it('ends the other sessions and keeps this one', async () => {
    const [mine, other] = [await api.signIn('root', PASSWORD), await api.signIn('root', PASSWORD)];
    const { status } = await change(mine, PASSWORD, OTHER_PASSWORD);

    expect(status).toBe(204);
    expect([await isSignedIn(mine), await isSignedIn(other)]).toEqual([true, false]);
    expect((await signIn({ login: 'root', password: PASSWORD })).status).toBe(401);
    expect((await signIn({ login: 'root', password: OTHER_PASSWORD })).status).toBe(200);
  });

  it('takes the current password, and throttles guesses at it', async () => {
    const cookie = await api.signIn('root', PASSWORD);
    const statuses: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      statuses.push((await change(cookie, 'wrong', OTHER_PASSWORD)).status);
    }
    await api.prolongWaits();

    expect(statuses).toEqual([401, 401, 401, 401, 401]);
    expect((await change(cookie, PASSWORD, OTHER_PASSWORD)).status).toBe(429);
  });

  it('refuses a new password against the rules', async () => {
    const cookie = await api.signIn('root', PASSWORD);

    expect((await change(cookie, PASSWORD, 'short')).status).toBe(400);
    expect((await change(cookie, PASSWORD, 'a'.repeat(20))).status).toBe(422);
  });
});

describe('the audit log', () => {
  it('tells all of it and verifies', async () => {
    const cookie = await api.signIn('root', PASSWORD);
    await signIn({ login: 'root', password: 'wrong' });
    await api.makeToken(cookie, 'ci', 'viewer');
    await api.browse(cookie, 'DELETE', '/api/v1/session');

    expect(await actions()).toEqual([
      'session.delete success',
      'api_token.create success',
      'session.create failure',
      'session.create success',
      'user.create success',
    ]);
    expect((await api.app.get(AuditVerifier).verify()).problems).toEqual([]);
    const { items } = await api.app.get(AuditService).list({ action: 'session.create' }, 1);
    expect(items[0]?.event).toMatchObject({ actorKind: 'anonymous', address: '127.0.0.1' });
  });
});
