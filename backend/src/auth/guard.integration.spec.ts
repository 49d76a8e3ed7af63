import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { AccessApp } from '../../../test/support/access-app.ts';
import { AuditService } from '../audit/index.js';
import { CurrentActor, Endpoint, PUBLIC } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { DenialLog } from './denial-log.js';
import { ROLES } from './roles.js';
import type { Role } from './roles.js';
import { RoutePermissions } from './route-permissions.js';

/** A first start of the database takes seconds on a busy machine. */
jest.setTimeout(60_000);

const PASSWORD = 'a long enough password';

@Controller('probe')
class ProbeController {
  changes = 0;

  @Get()
  @Endpoint({ permission: 'servers:read', summary: 'Read', produces: 'application/json' })
  readProbe(@CurrentActor() actor: Actor): Actor {
    return actor;
  }

  @Post()
  @Endpoint({ permission: 'commands:run', summary: 'Change', produces: 'application/json' })
  changeProbe(): { changes: number } {
    this.changes += 1;
    return { changes: this.changes };
  }

  @Post('public')
  @Endpoint({ permission: PUBLIC, summary: 'Public', produces: 'application/json' })
  changePublicProbe(): { ok: boolean } {
    return { ok: true };
  }
}

@Controller('forgotten')
class ForgottenController {
  @Get('open')
  openByMistake(): string {
    return 'open';
  }
}

@Controller('misspelt')
class MisspeltController {
  @Get()
  @Endpoint({ permission: 'servers:raed', summary: 'Misspelt', produces: 'text/plain' })
  readMisspelt(): string {
    return 'misspelt';
  }
}

let api: AccessApp;
let cookie: string;
const tokens = new Map<Role, string>();

beforeAll(async () => {
  api = await AccessApp.start({ controllers: [ProbeController] });
  await api.setUp('root', PASSWORD);
  cookie = await api.signIn('root', PASSWORD);
  for (const role of ROLES) tokens.set(role, await api.makeToken(cookie, role, role));
});

afterAll(() => api.close());

/** The path with an id that nobody has. */
function concrete(path: string): string {
  return path.replace(':id', '01990000-0000-7000-8000-000000000001');
}

async function denials(): Promise<Record<string, unknown>[]> {
  await api.app.get(DenialLog).flush();
  const { items } = await api.app.get(AuditService).list({ action: 'request.deny' }, 500);
  return items.map(({ event: { actorKind, actorName, details } }) => ({
    actorKind,
    actorName,
    ...details,
  }));
}

describe('every route', () => {
  it('refuses whoever is not signed in, unless it is public', async () => {
    const routes = api.app.get(RoutePermissions).list();
    for (const { method, path, anonymous } of routes.filter((route) => !route.anonymous)) {
      const { status, body, headers } = await api.call(method, concrete(path));
      expect({ method, path, anonymous, status, name: body.name }).toEqual({
        method,
        path,
        anonymous: false,
        status: 401,
        name: 'authentication_required',
      });
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(routes.length).toBeGreaterThan(15);
  });

  it('answers HEAD as it answers GET, and never OPTIONS', async () => {
    for (const { path } of api.app.get(RoutePermissions).list()) {
      expect((await api.call('OPTIONS', concrete(path))).status).toBeGreaterThanOrEqual(400);
    }
    expect((await api.call('HEAD', '/probe')).status).toBe(401);
    expect((await api.call('HEAD', '/probe', { token: tokens.get('viewer') ?? '' })).status).toBe(
      200,
    );
  });

  it.each(ROLES)('lets %s do what the table says and nothing else', async (role) => {
    const token = tokens.get(role) ?? '';
    for (const { method, path, roles } of api.app.get(RoutePermissions).list()) {
      // Revoking and the like would end what later rounds need; ids that nobody has are harmless.
      const { body } = await api.call(method, concrete(path), { token });
      const isDenied = body.name === 'permission_denied';
      expect({ method, path, allowed: !isDenied }).toEqual({ method, path, allowed: roles[role] });
    }
  });

  it.each(['//probe', '/probe/', '/PROBE', '/%70robe', '/probe;x', '/probe%2f', '/x/../probe'])(
    'is as closed under the spelling %s',
    async (path) => {
      const { status } = await api.call('GET', path);

      expect([401, 404]).toContain(status);
    },
  );
});

describe('a route that does not say who may use it', () => {
  it.each([
    [ForgottenController, 'GET /forgotten/open (ForgottenController.openByMistake)'],
    [MisspeltController, 'GET /misspelt (MisspeltController.readMisspelt)'],
  ])('stops the start', async (controller, message) => {
    const { dataSource } = api;

    await expect(AccessApp.start({ dataSource, controllers: [controller] })).rejects.toThrow(
      message,
    );
  });
});

describe('API tokens', () => {
  it('make the actor', async () => {
    const { status, body } = await api.call('GET', '/probe', {
      token: tokens.get('operator') ?? '',
      headers: { 'x-request-id': 'spec-1' },
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'token',
      name: 'operator',
      role: 'operator',
      address: '127.0.0.1',
      correlationId: 'spec-1',
    });
  });

  it.each([
    ['another scheme', 'Basic cm9vdDp4'],
    ['nothing behind it', 'Bearer'],
    ['garbage', 'Bearer garbage'],
    ['the right form', `Bearer myx_aaaaaaaa_${'a'.repeat(43)}`],
  ])('are refused with %s, even beside a good cookie', async (_name, authorization) => {
    const { status } = await api.call('GET', '/probe', { cookie, headers: { authorization } });

    expect(status).toBe(401);
  });

  it('need no origin', async () => {
    const { status } = await api.call('POST', '/probe', { token: tokens.get('operator') ?? '' });

    expect(status).toBe(200);
  });

  it('do not pass as a session, nor a session secret as a token', async () => {
    const secret = cookie.split('=')[1] ?? '';

    expect((await api.call('GET', '/probe', { token: secret })).status).toBe(401);
    const asCookie = `myx=${tokens.get('admin') ?? ''}`;
    expect((await api.call('GET', '/probe', { cookie: asCookie })).status).toBe(401);
  });
});

describe('changes from a browser', () => {
  it.each([
    ['no Origin', {}, 403],
    ['another Origin', { origin: 'https://evil.example' }, 403],
    ['an opaque Origin', { origin: 'null' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sibling host', { 'sec-fetch-site': 'same-site' }, 403],
    ['our own page', { 'sec-fetch-site': 'same-origin' }, 200],
  ])('with %s', async (_name, headers, status) => {
    expect((await api.call('POST', '/probe', { cookie, headers })).status).toBe(status);
  });

  it('with our Origin are taken', async () => {
    expect((await api.browse(cookie, 'POST', '/probe')).status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'are taken as JSON only, not as %s',
    async (type) => {
      const headers = { origin: api.url, 'content-type': type };
      const { body } = await api.call('POST', '/probe', { cookie, headers, body: '{"a":1}' });

      expect(body.name).toBe('unsupported_media_type');
    },
  );

  it('are not taken from other sites by public routes either', async () => {
    const headers = { origin: 'https://evil.example' };

    expect((await api.call('POST', '/probe/public', { headers })).status).toBe(403);
    expect((await api.call('POST', '/probe/public')).status).toBe(200);
  });
});

describe('denials', () => {
  it('are written once per actor and permission, with a count', async () => {
    const token = tokens.get('viewer') ?? '';
    await denials();
    const before = (await denials()).length;
    for (let index = 0; index < 12; index += 1) await api.call('POST', '/probe', { token });
    const rows = (await denials()).slice(0, -before || undefined);

    expect(rows.map(({ actorName, permission, count }) => [actorName, permission, count])).toEqual([
      ['viewer', 'commands:run', 11],
      ['viewer', 'commands:run', 1],
    ]);
  });

  it('of scanners cost few rows, and asking who is signed in costs none', async () => {
    await denials();
    const before = (await denials()).length;
    for (let index = 0; index < 20; index += 1) await api.call('GET', '/probe');
    await api.call('GET', '/api/v1/session');
    const rows = (await denials()).slice(0, -before || undefined);

    expect(rows.map(({ actorKind, permission, count }) => [actorKind, permission, count])).toEqual([
      ['anonymous', 'servers:read', 19],
      ['anonymous', 'servers:read', 1],
    ]);
  });
});
