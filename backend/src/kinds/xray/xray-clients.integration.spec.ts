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
import jsQrModule from 'jsqr';
import type { ApiClient } from '../../../../test/support/api-client.ts';
import { ManagerApp } from '../../../../test/support/manager-app.ts';
import { makeCertificate } from '../../../../test/support/test-certificates.ts';
import { parseShareLink } from './parse-share-link.js';
import { XrayDeployments } from './xray-deployments.js';
import type {
  XrayClientChange,
  XrayClientList,
  XrayLinkList,
  XraySubscription,
} from './xray-clients.schema.js';

jest.setTimeout(180_000);

// The package is CommonJS with a default of its own.
const jsQr = jsQrModule.default;

/** Nobody answers there, and nobody is asked: nothing is applied here. */
const DISCARD_PORT = 9;

let manager: ManagerApp;
let api: ApiClient;
let serverId: string;
let id: string;
let names = 0;

beforeAll(async () => {
  manager = await ManagerApp.start({ config: { public_url: 'https://myx.example' } });
  api = await manager.api();
});

beforeEach(async () => {
  names += 1;
  const name = `server-${String(names)}`;
  const certificate = makeCertificate({ commonName: name });
  serverId = await manager.addServer(name, DISCARD_PORT, certificate, { isAsked: false });
  id = await planned({ clients: [{ name: 'ada' }] });
});

afterAll(() => manager.close());

afterEach(async () => {
  await manager.removeServers();
});

async function planned(changes: Readonly<Record<string, unknown>>): Promise<string> {
  const accepted = await api.post<{ deployments: { id: string }[] }>('/api/v1/deployments', {
    kind: 'xray',
    server_ids: [serverId],
    config: {
      address: 'vpn.example',
      inbounds: [{ type: 'vless_reality', target: 'www.example.com' }],
      ...changes,
    },
  });
  return accepted.deployments[0]?.id ?? '';
}

/** Lets the desired version count as the one that was proven to run: no server is asked here. */
async function proven(): Promise<void> {
  await manager.dataSource.query(
    `UPDATE deployments SET applied_version = desired_version, state = 'healthy' WHERE id = $1`,
    [id],
  );
}

function list(): Promise<XrayClientList> {
  return api.get(`/api/v1/deployments/${id}/xray-clients`);
}

async function ada(): Promise<string> {
  return (await list()).items[0]?.id ?? '';
}

async function status(route: string, init?: RequestInit): Promise<number> {
  return (await api.raw(route, init)).status;
}

describe('clients of an Xray', () => {
  it('are added, changed and removed, each as a version of the configuration', async () => {
    const route = `/api/v1/deployments/${id}/xray-clients`;
    const added = await api.post<XrayClientChange>(route, { name: 'bob' });
    await api.patch(`${route}/${added.client.id}`, { enabled: false, name: 'Bob' });
    const changed = await list();
    await api.delete(`${route}/${await ada()}`);
    const left = await list();
    const { items: history } = await api.get<{ items: { note: string | null }[] }>(
      `/api/v1/deployments/${id}/history`,
    );

    expect(added.operation_id).toBeNull();
    expect(changed.items.map(({ name, enabled }) => [name, enabled])).toEqual([
      ['ada', true],
      ['Bob', false],
    ]);
    expect(changed.items[1]?.traffic).toEqual({ uplink_bytes: '0', downlink_bytes: '0' });
    expect(left.items.map(({ name }) => name)).toEqual(['Bob']);
    expect(history.map(({ note }) => note)).toEqual([
      'Client “ada” removed',
      'Client “Bob” changed',
      'Client “bob” added',
      null,
    ]);
  });

  it('keep their keys when others change', async () => {
    const route = `/api/v1/deployments/${id}/xray-clients`;
    const links = `${route}/${await ada()}/links`;
    const before = await api.get<XrayLinkList>(links);

    await api.post(route, { name: 'bob' });
    await api.patch(`${route}/${await ada()}`, { name: 'ada' });

    expect(await api.get<XrayLinkList>(links)).toEqual(before);
    expect(before.items[0]?.applied).toBe(false);
  });

  it('have names of their own, and are looked for in their deployment', async () => {
    const route = `/api/v1/deployments/${id}/xray-clients`;
    const json = { 'content-type': 'application/json' };
    const post = { method: 'POST', headers: json, body: JSON.stringify({ name: 'ADA' }) };
    const patch = { method: 'PATCH', headers: json, body: JSON.stringify({ enabled: false }) };

    expect(await status(route, post)).toBe(409);
    expect(await status(`${route}/${id}`, patch)).toBe(404);
    expect(await status(`/api/v1/deployments/${serverId}/xray-clients`)).toBe(404);
  });

  it('stay as they are while an operation works on the deployment, also one that was just begun', async () => {
    await proven();
    const xrays = manager.get(XrayDeployments);
    const seen = await xrays.desired(id);
    await manager.dataSource.query('UPDATE deployments SET is_busy = true WHERE id = $1', [id]);
    const actor = { kind: 'system', id: 'system', name: 'spec', role: 'admin' } as const;

    const change = xrays.change(seen, { ...seen.config, clients: [] }, 'none', {
      ...actor,
      address: null,
      correlationId: 'spec',
    });

    await expect(change).rejects.toMatchObject({ definition: { name: 'deployment_busy' } });
    expect((await list()).items.map(({ name }) => name)).toEqual(['ada']);
  });

  it('get links and QR codes that lead to the same place', async () => {
    const route = `/api/v1/deployments/${id}/xray-clients/${await ada()}`;
    const { items } = await api.get<XrayLinkList>(`${route}/links`);
    const answer = await api.raw(`${route}/qr.svg?link=reality`);

    const url = items[0]?.url ?? '';
    expect(parseShareLink(url)).toMatchObject({ address: 'vpn.example', port: 443, name: 'ada' });
    expect(answer.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(decoded(await answer.text())).toBe(url);
    expect(await status(`${route}/qr.svg?link=other`)).toBe(404);
  });
});

describe('a subscription', () => {
  async function subscribed(): Promise<XraySubscription> {
    return api.post(`/api/v1/deployments/${id}/xray-clients/${await ada()}/subscription`);
  }

  async function fetched(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(manager.url + path, { headers });
  }

  it('has an address that works without a login, once something runs', async () => {
    const { url, path } = await subscribed();
    const early = await fetched(path);
    await proven();
    const response = await fetched(path);
    const { items } = await api.get<XrayLinkList>(
      `/api/v1/deployments/${id}/xray-clients/${await ada()}/links`,
    );

    expect(url).toBe(`https://myx.example${path}`);
    expect(early.status).toBe(404);
    expect(Buffer.from(await response.text(), 'base64').toString()).toBe(
      `${items[0]?.url ?? ''}\n`,
    );
    expect(response.headers.get('subscription-userinfo')).toContain('upload=0; download=0');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await list()).items[0]?.subscription?.last_used_at).toEqual(expect.any(String));
  });

  it('ends with its client, with a newer one, and when it is revoked', async () => {
    await proven();
    const first = await subscribed();
    const second = await subscribed();
    const route = `/api/v1/deployments/${id}/xray-clients/${await ada()}/subscription`;

    const replaced = await fetched(first.path);
    const works = await fetched(second.path);
    await api.delete(route);
    await api.delete(route);
    const revoked = await fetched(second.path);

    expect([replaced.status, works.status, revoked.status]).toEqual([404, 200, 404]);
    const problem = async (response: Response): Promise<unknown> => {
      const { detail, name } = (await response.json()) as Record<string, unknown>;
      return { detail, name };
    };
    expect(await problem(replaced)).toEqual(await problem(revoked));
    expect(await problem(await fetched('/sub/x'))).toEqual({
      detail: expect.any(String),
      name: 'subscription_not_found',
    });
  });

  it('is stored as a digest alone', async () => {
    const { path } = await subscribed();
    const token = path.slice('/sub/'.length);

    const rows = await manager.dataSource.query<unknown[]>('SELECT * FROM xray_subscriptions');
    const audit = await manager.dataSource.query<unknown[]>('SELECT * FROM audit_events');

    expect(rows).toHaveLength(1);
    expect(JSON.stringify([rows, audit])).not.toContain(token);
  });

  it('bounds how often an address may ask', async () => {
    const startedAt = performance.now();
    const answers: number[] = [];
    while (!answers.includes(429) && answers.length < 1000) {
      const some = Array.from({ length: 20 }, () => fetched(`/sub/${'A'.repeat(43)}`));
      answers.push(...(await Promise.all(some)).map(({ status: code }) => code));
    }
    const refilled = (performance.now() - startedAt) / 1000;

    expect(new Set(answers)).toEqual(new Set([404, 429]));
    expect(answers.filter((code) => code === 404).length).toBeLessThanOrEqual(
      60 + Math.ceil(refilled),
    );
  });
});

/** Reads a QR code as a camera does, from the picture of its path. */
function decoded(svg: string): string | undefined {
  const size = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const scale = 4;
  const side = size * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x = '', y = '', width = ''] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row += 1) {
      for (
        let column = Number(x) * scale;
        column < (Number(x) + Number(width)) * scale;
        column += 1
      ) {
        pixels.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
      }
    }
  }
  return jsQr(pixels, side, side)?.data;
}
