import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:https';
import { diffSnapshots } from '../lab/index.ts';
import type { FileSnapshot, LabHost } from '../lab/index.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';
import { SteadyLoad } from '../support/steady-load.ts';

interface Deployment {
  readonly id: string;
  readonly server_id: string;
  readonly state: string;
  readonly error: { readonly message: string } | null;
  readonly applied_version: number | null;
  readonly program_version?: string | null;
  readonly results?: readonly { readonly value: string }[];
}

const INTERNAL_ROOT = '/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt';

/** What the deployment tool, apt and dpkg keep for themselves, and what account tools keep as backups. */
const NOT_CADDYS = [
  /^\/opt\/myx-deployment-tool(\/|$)/,
  /^\/var\/lib\/(myx-agent|apt|dpkg)(\/|$)/,
  /^\/var\/cache\/apt(\/|$)/,
  /^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)-$/,
  /^\/run\/systemd\/transient(\/|$)/,
];

/** One plain site with a page, one with a certificate of the server's own authority. */
function sites(page: string): Record<string, unknown> {
  return {
    mode: 'sites',
    sites: [
      { tls: { mode: 'off' }, routes: [{ type: 'page', content: page }] },
      {
        hosts: ['lab.test'],
        tls: { mode: 'internal' },
        basic_auth: [{ username: 'bob', password: 'correct horse battery' }],
        routes: [{ type: 'respond', body: 'over TLS' }],
      },
    ],
  };
}

describe('Caddy on real servers', () => {
  let fleet: Fleet;
  let servers: readonly [string, string];
  let untouched: FileSnapshot;
  const deployments = new Map<string, string>();

  beforeAll(async () => {
    fleet = await Fleet.open({ hosts: [{ ansible: true }, { ansible: true }] });
    servers = await Promise.all([fleet.addServer(1), fleet.addServer(2)]);
    // What Caddy's unit does itself where it may: see docs/caddy.md.
    await host(1).setNetworkSetting('ipv4/tcp_migrate_req', '1');
    untouched = host(2).snapshotFiles();
  }, 600_000);

  afterAll(async () => {
    await fleet.close();
  }, 180_000);

  it('serves pages on both servers after one request', async () => {
    const answer = await fleet.api.post<{ deployments: Deployment[]; operation_ids: string[] }>(
      '/api/v1/deployments',
      { kind: 'caddy', server_ids: servers, config: sites('<h1>one</h1>'), apply: true },
    );
    for (const { id, server_id: server } of answer.deployments) deployments.set(server, id);
    await Promise.all(answer.operation_ids.map(succeeded));

    for (const number of [1, 2] as const) {
      expect(await pageOf(number)).toEqual({ status: 200, text: '<h1>one</h1>' });
      expect(await overTls(number, 'lab.test')).toEqual({ status: 200, text: 'over TLS' });
      expect(await overTls(number, 'lab.test', 'wrong')).toMatchObject({ status: 401 });
      const details = await deploymentNow(number);
      expect(details).toMatchObject({ state: 'healthy', applied_version: 1, error: null });
      expect(details.program_version).toMatch(/^v?2\./);
      expect(details.results?.map(({ value }) => value)).toEqual([
        `http://${host(number).address}/`,
        'https://lab.test/',
      ]);
    }
    expect(await host(1).mustExec(['stat', '--format=%a', '/run/caddy'])).toBe('700\n');
    expect(JSON.stringify(await deploymentNow(1))).not.toContain('correct horse');
    expect(await host(1).mustExec(['cat', '/etc/caddy/Caddyfile'])).not.toContain('correct horse');
  }, 600_000);

  it('loses no request while the configuration changes', async () => {
    const load = new SteadyLoad(`http://${host(1).address}/`, { keeping: 2, coming: 2 });
    let result;
    try {
      await change(1, sites('<h1>two</h1>'));
      await succeeded(await apply(1));
    } finally {
      result = await load.stop();
    }

    expect(result.failures).toEqual([]);
    expect(result.answered).toBeGreaterThan(20);
    expect(result.overKeptConnections).toBeGreaterThan(0);
    expect(await pageOf(1)).toEqual({ status: 200, text: '<h1>two</h1>' });
  }, 600_000);

  it('replaces nothing when Caddy refuses the configuration', async () => {
    const before = await host(1).mustExec(['cat', '/etc/caddy/Caddyfile']);
    await change(1, { mode: 'raw', caddyfile: ':80 {\n\trespnd hello\n}\n' });

    const operation = await fleet.operationEnded(await apply(1), 400_000);

    expect(operation.state).toBe('failed');
    expect(operation.error?.message).toContain(
      '/etc/caddy/Caddyfile:2: unrecognized directive: respnd',
    );
    expect(await host(1).mustExec(['cat', '/etc/caddy/Caddyfile'])).toBe(before);
    expect(await pageOf(1)).toEqual({ status: 200, text: '<h1>two</h1>' });
    expect(await deploymentNow(1)).toMatchObject({ state: 'rolled_back', applied_version: 2 });
  }, 600_000);

  it('goes back by itself when the manager cannot reach the new site', async () => {
    const wanted = sites('<h1>three</h1>');
    const hidden = { port: 8081, tls: { mode: 'off' }, routes: [{ type: 'respond' }] };
    await change(1, { ...wanted, sites: [...(wanted.sites as unknown[]), hidden] });
    await host(1).block(8081, 'reject');
    const load = new SteadyLoad(`http://${host(1).address}/`, { keeping: 1, coming: 1 });

    let operation, result;
    try {
      operation = await fleet.operationEnded(await apply(1), 400_000);
    } finally {
      result = await load.stop();
      await host(1).unblock(8081);
    }

    expect(operation.state).toBe('failed');
    expect(operation.error).toMatchObject({ layer: 'network', code: 'caddy_unreachable' });
    expect(result.failures).toEqual([]);
    expect(await pageOf(1)).toEqual({ status: 200, text: '<h1>two</h1>' });
    expect(await overTls(1, 'lab.test')).toEqual({ status: 200, text: 'over TLS' });
    expect(await deploymentNow(1)).toMatchObject({ state: 'rolled_back', applied_version: 2 });
  }, 600_000);

  it('leaves no file, user or unit behind', async () => {
    const answer = await fleet.api.post<{ operation_id: string }>(
      `/api/v1/deployments/${deploymentOn(2)}/uninstall`,
    );
    await succeeded(answer.operation_id);

    const { added, removed, changed } = diffSnapshots(untouched, host(2).snapshotFiles());
    const traces = [...added, ...removed, ...changed];
    expect(traces.filter((path) => !NOT_CADDYS.some((pattern) => pattern.test(path)))).toEqual([]);
    expect((await host(2).exec(['getent', 'passwd', 'caddy'])).code).toBe(2);
    expect((await host(2).exec(['getent', 'group', 'caddy'])).code).toBe(2);
    const show = ['systemctl', 'show', '--property=LoadState', '--value', 'caddy.service'];
    expect(await host(2).mustExec(show)).toBe('not-found\n');
    expect((await host(2).exec(['dpkg-query', '--show', 'caddy'])).code).toBe(1);
  }, 600_000);

  it('refuses a port that another program has, before anything is changed', async () => {
    const squatter = [
      'systemd-run',
      '--quiet',
      '--unit=squatter',
      'python3',
      '-m',
      'http.server',
      '80',
    ];
    await host(2).mustExec(squatter);
    await eventually('the other program listens', async () => {
      const sockets = await host(2).mustExec(['ss', '-Hltn', 'sport = :80']);
      return sockets.trim() !== '' || undefined;
    });
    const answer = await fleet.api.post<{ operation_ids: [string] }>('/api/v1/deployments', {
      kind: 'caddy',
      server_ids: [servers[1]],
      config: sites('<h1>one</h1>'),
      apply: true,
    });

    const operation = await fleet.operationEnded(answer.operation_ids[0], 400_000);

    expect(operation.error?.message).toContain('TCP port 80 is taken by python3');
    expect((await host(2).exec(['dpkg-query', '--show', 'caddy'])).code).toBe(1);
  }, 600_000);

  function host(number: number): LabHost {
    return fleet.lab.host(number);
  }

  function deploymentOn(number: 1 | 2): string {
    const id = deployments.get(servers[number - 1] ?? '');
    if (id === undefined) throw new Error(`nothing is deployed on host ${number}`);
    return id;
  }

  function deploymentNow(number: 1 | 2): Promise<Deployment> {
    return fleet.api.get<Deployment>(`/api/v1/deployments/${deploymentOn(number)}`);
  }

  async function change(number: 1 | 2, config: unknown): Promise<void> {
    await fleet.api.put(`/api/v1/deployments/${deploymentOn(number)}/config`, { config });
  }

  async function apply(number: 1 | 2): Promise<string> {
    const route = `/api/v1/deployments/${deploymentOn(number)}/apply`;
    return (await fleet.api.post<{ operation_id: string }>(route)).operation_id;
  }

  async function succeeded(operationId: string): Promise<void> {
    const { state, error } = await fleet.operationEnded(operationId, 400_000);
    expect({ state, error }).toEqual({ state: 'succeeded', error: null });
  }

  async function pageOf(number: 1 | 2): Promise<{ status: number; text: string }> {
    // Over a new connection: Caddy may close one that was kept whenever it changes its configuration.
    const headers = { connection: 'close' };
    const response = await fetch(`http://${host(number).address}/`, { headers });
    return { status: response.status, text: await response.text() };
  }

  /** Asks a site by name, and takes nothing but a certificate of the host's own authority. */
  async function overTls(
    number: 1 | 2,
    name: string,
    password = 'correct horse battery',
  ): Promise<{ status: number; text: string }> {
    const ca = await host(number).mustExec(['cat', INTERNAL_ROOT]);
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: host(number).address,
          servername: name,
          headers: { Host: name },
          auth: `bob:${password}`,
          ca,
          agent: false,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => (text += piece));
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, text });
          });
        },
      );
      asked.on('error', reject);
      asked.end();
    });
  }
});
