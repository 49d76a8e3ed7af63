import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parseShareLink } from '../../backend/src/kinds/xray/parse-share-link.js';
import { clientConfigFor } from '../../backend/src/kinds/xray/xray-client-config.js';
import { diffSnapshots } from '../lab/index.ts';
import type { FileSnapshot, LabHost } from '../lab/index.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';
import type { OperationAnswer } from '../support/fleet.ts';
import { freePort } from '../support/free-ports.ts';
import { fetchThrough, servePage, serveTlsSite } from '../support/local-services.ts';
import type { LocalService } from '../support/local-services.ts';
import { makeCertificate } from '../support/test-certificates.ts';
import { startXrayMirror } from '../support/xray-mirror.ts';
import type { XrayMirror } from '../support/xray-mirror.ts';
import { startXray } from '../support/xray-process.ts';
import { testXrayRelease } from '../support/xray-release.ts';
import type { TestXrayRelease } from '../support/xray-release.ts';

/** The first build of Xray on a machine takes minutes; without it all of this takes three. */
jest.setTimeout(1_200_000);

const PAGE = 'the page behind the proxy';
const SITE = 'site.example.com';
const PORT = 443;
/** A version whose pinned digest is not that of what the mirror has. */
const MISTAKEN = '26.1.1';

interface Deployment {
  readonly id: string;
  readonly state: string;
  readonly program_version: string | null;
  readonly error: { readonly message: string } | null;
  readonly config: Record<string, unknown>;
}

interface ClientChange {
  readonly client: { readonly id: string };
  readonly operation_id: string;
}

interface Client {
  readonly id: string;
  readonly name: string;
  readonly traffic: { readonly uplink_bytes: string; readonly downlink_bytes: string };
}

let fleet: Fleet;
let host: LabHost;
let serverId: string;
let folder: string;
let mirror: XrayMirror;
let page: LocalService;
let target: LocalService;
let current: TestXrayRelease;
let previous: TestXrayRelease;
let before: FileSnapshot;
let id: string;
let link: string;

beforeAll(async () => {
  [current, previous] = [await testXrayRelease('current'), await testXrayRelease('previous')];
  folder = await mkdtemp(path.join(tmpdir(), 'myx-xray-e2e-'));
  const releasesFile = path.join(folder, 'releases.json');
  fleet = await Fleet.open({
    hosts: [{ ansible: true }],
    env: {
      MYX_XRAY_RELEASES_FILE: releasesFile,
      MYX_XRAY_COUNTERS_INTERVAL_SECONDS: '5',
      MYX_OPERATIONS_LEASE_SECONDS: '5',
    },
  });
  host = fleet.lab.host(1);
  const { managerAddress } = fleet.lab;
  // Where the host reaches it, too; the manager reads its address when it is first asked for a release.
  mirror = await startXrayMirror([current, previous], managerAddress);
  mirror.writeReleasesFile(releasesFile, { mistaken: MISTAKEN });
  page = await servePage(PAGE, managerAddress);
  target = await serveTlsSite(makeCertificate({ commonName: SITE }), managerAddress);
  serverId = await fleet.addServer(1);
  before = host.snapshotFiles();
});

afterAll(async () => {
  await fleet.close();
  await page.close();
  await target.close();
  await mirror.close();
  await rm(folder, { recursive: true, force: true });
});

function deployment(): Promise<Deployment> {
  return fleet.api.get<Deployment>(`/api/v1/deployments/${id}`);
}

function clients(): Promise<{ readonly items: readonly Client[] }> {
  return fleet.api.get(`/api/v1/deployments/${id}/xray-clients`);
}

async function linkOf(clientId: string): Promise<string> {
  const { items } = await fleet.api.get<{ items: { url: string }[] }>(
    `/api/v1/deployments/${id}/xray-clients/${clientId}/links`,
  );
  return items[0]?.url ?? '';
}

/** What a real client gets that was set up with nothing but a share link. */
async function fetchedThrough(url: string): Promise<string> {
  const httpPort = await freePort();
  const client = await startXray(
    current.program,
    clientConfigFor(parseShareLink(url), { httpPort }),
    [httpPort],
  );
  try {
    const pageUrl = `http://${fleet.lab.managerAddress}:${String(page.port)}/`;
    // After a start REALITY first learns what its target looks like.
    return await eventually('a page comes through', () => fetchThrough(httpPort, pageUrl), {
      deadlineMs: 60_000,
    });
  } finally {
    await client.close();
  }
}

async function configure(changes: Readonly<Record<string, unknown>>): Promise<string> {
  const { config } = await deployment();
  await fleet.api.put(`/api/v1/deployments/${id}/config`, { config: { ...config, ...changes } });
  const { operation_id: operationId } = await fleet.api.post<{ operation_id: string }>(
    `/api/v1/deployments/${id}/apply`,
  );
  return operationId;
}

async function ended(operationId: string): Promise<OperationAnswer & { readonly log: string }> {
  const operation = await fleet.operationEnded(operationId, 300_000);
  const log = await fleet.api.get<unknown>(`/api/v1/operations/${operationId}/log?limit=500`);
  return { ...operation, log: JSON.stringify(log) };
}

/** Waits until the operation changes the server: its step runs, and by now its playbook does, too. */
async function changesTheServer(operationId: string): Promise<void> {
  await eventually(
    'the server is being changed',
    async () => {
      const { steps } = await fleet.operation(operationId);
      const isBegun = steps.find(({ name }) => name === 'deploy')?.state === 'running';
      const isThere = host
        .processes()
        .some(({ args }) => args.some((arg) => arg.endsWith('/ansible-playbook')));
      return (isBegun && isThere) || undefined;
    },
    { deadlineMs: 120_000 },
  );
}

describe('Xray', () => {
  it('is deployed from a mirror and lets a client of its link through', async () => {
    const request = {
      kind: 'xray',
      server_ids: [serverId],
      apply: true,
      config: {
        version: previous.version,
        address: host.address,
        inbounds: [
          {
            type: 'vless_reality',
            port: PORT,
            target: `${fleet.lab.managerAddress}:${String(target.port)}`,
            server_names: [SITE],
          },
        ],
        clients: [{ name: 'ada' }],
        // The page is on a private address, as everything in the lab is.
        routing: { block_private: false },
      },
    };
    const accepted = await fleet.api.post<{
      deployments: { id: string }[];
      operation_ids: string[];
    }>('/api/v1/deployments', request);
    id = accepted.deployments[0]?.id ?? '';

    const operation = await ended(accepted.operation_ids[0] ?? '');
    const { items } = await clients();
    link = await linkOf(items[0]?.id ?? '');

    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect(await fetchedThrough(link)).toBe(PAGE);
    const found = await deployment();
    expect(found).toMatchObject({ state: 'healthy' });
    expect(found.program_version).toBe(previous.version);
    expect(new Set(mirror.requests)).toEqual(new Set([`/v${previous.version}/${previous.file}`]));
    const { uuid } = /^vless:\/\/(?<uuid>[^@]+)@/.exec(link)?.groups ?? {};
    expect(operation.log).not.toContain(uuid);
    expect(JSON.stringify(found)).not.toContain(uuid);
  });

  it('gives its links to who has the address of a subscription, until that is revoked', async () => {
    const clientId = (await clients()).items[0]?.id ?? '';
    const route = `/api/v1/deployments/${id}/xray-clients/${clientId}/subscription`;
    const { path: address } = await fleet.api.post<{ path: string }>(route);
    const fetched = async (where: string): Promise<[number, string]> => {
      const response = await fetch(`${fleet.manager.url}${where}?format=links`);
      return [response.status, await response.text()];
    };

    const given = await fetched(address);
    const [wrongStatus, wrong] = await fetched(`/sub/${'A'.repeat(43)}`);
    await fleet.api.delete(route);
    const [revokedStatus, revoked] = await fetched(address);

    expect(given).toEqual([200, `${link}\n`]);
    expect([wrongStatus, revokedStatus]).toEqual([404, 404]);
    const told = (text: string): unknown => (JSON.parse(text) as { detail: string }).detail;
    expect(told(revoked)).toBe(told(wrong));
    const qr = await fleet.api.raw(`/api/v1/deployments/${id}/xray-clients/${clientId}/qr.svg`);
    expect(qr.headers.get('content-type')).toContain('image/svg+xml');
    expect(await qr.text()).toMatch(/^<svg /);
  });

  it('refuses a configuration that Xray refuses, in its words, and keeps the old one', async () => {
    const custom = { outbounds: '[{"tag":"x","protocol":"no-such-protocol"}]' };

    const operation = await ended(await configure({ custom }));

    expect(operation).toMatchObject({ state: 'failed' });
    expect(operation.error?.message).toContain('exit 23');
    expect(operation.error?.message).toContain('no-such-protocol');
    expect((await deployment()).state).toBe('rolled_back');
    expect(await fetchedThrough(link)).toBe(PAGE);
  });

  it('refuses an archive that the server downloaded and that is not the pinned one', async () => {
    const version = MISTAKEN;

    const operation = await ended(await configure({ version, source: 'host', custom: {} }));

    const { message } = operation.error ?? {};
    expect(operation).toMatchObject({ state: 'failed', error: { layer: 'install' } });
    expect(message).toContain(mirror.mistakenSha256);
    expect(message).toContain(current.sha256);
    expect(await host.mustExec(['ls', '-A', '/opt/myx-xray/releases'])).toBe(
      `${previous.version}\n`,
    );
    expect(await fetchedThrough(link)).toBe(PAGE);
  });

  it('survives an upgrade, downloaded by the server, during which the agent is killed', async () => {
    const operationId = await configure({ version: current.version, source: 'host', custom: {} });
    await changesTheServer(operationId);
    await host.mustExec(['systemctl', 'kill', '--signal=KILL', 'myx-agent.service']);

    const operation = await ended(operationId);

    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect(await fetchedThrough(link)).toBe(PAGE);
    expect((await deployment()).program_version).toBe(current.version);
    expect(mirror.requests.at(-1)).toBe(`/v${current.version}/${current.file}`);
  });

  it('goes back to the version before, though the manager is killed meanwhile', async () => {
    const { operation_id: operationId } = await fleet.api.post<{ operation_id: string }>(
      `/api/v1/deployments/${id}/rollback`,
    );
    await changesTheServer(operationId);
    await fleet.manager.kill();
    await fleet.manager.boot();

    const operation = await ended(operationId);

    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect(await fetchedThrough(link)).toBe(PAGE);
    expect((await deployment()).program_version).toBe(previous.version);
  });

  it('adds a client, though the link to the server is cut meanwhile', async () => {
    const change = await fleet.api.post<ClientChange>(`/api/v1/deployments/${id}/xray-clients`, {
      name: 'bob',
    });
    await changesTheServer(change.operation_id);
    await host.cut('silent');
    try {
      await eventually(
        'the server has the new client',
        async () => {
          const { stdout } = await host.exec(['cat', '/etc/myx-xray/config.json']);
          return stdout.includes(change.client.id) ? true : undefined;
        },
        { deadlineMs: 120_000 },
      );
    } finally {
      await host.heal();
    }

    const operation = await ended(change.operation_id);

    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect((await deployment()).state).toBe('healthy');
    expect(await fetchedThrough(await linkOf(change.client.id))).toBe(PAGE);
    expect(await fetchedThrough(link)).toBe(PAGE);
  });

  it('counts traffic once, and goes on counting after a restart', async () => {
    const downlink = async (): Promise<bigint> => {
      const { items } = await clients();
      return BigInt(items.find(({ name }) => name === 'ada')?.traffic.downlink_bytes ?? '0');
    };
    const grown = (than: bigint): Promise<bigint> =>
      eventually(
        'the counters are read',
        async () => {
          const bytes = await downlink();
          return bytes > than ? bytes : undefined;
        },
        { deadlineMs: 60_000 },
      );
    const first = await grown(0n);

    await host.mustExec(['systemctl', 'restart', 'myx-xray.service']);
    const restarted = await downlink();
    await fetchedThrough(link);
    await grown(first);

    expect(restarted).toBeGreaterThanOrEqual(first);
    const ada = (await clients()).items.find(({ name }) => name === 'ada')?.id ?? '';
    const counter = new RegExp(`${ada}>>>traffic>>>downlink",\\s+"value": (\\d+)`, 'g');
    const startsCounted = async (): Promise<readonly bigint[]> => {
      const shown = await host.mustExec(['/opt/myx-xray/traffic-counters', 'show']);
      return [...shown.matchAll(counter)].map(([, value]) => BigInt(value ?? '0'));
    };
    // Xray may count the last bytes of a connection a moment after the client has closed it.
    const counted = await eventually(
      'the total is what all starts of Xray counted',
      async () => {
        const each = await startsCounted();
        const sum = each.reduce((total, value) => total + value, 0n);
        return (await downlink()) === sum ? each : undefined;
      },
      { deadlineMs: 60_000 },
    );
    expect(counted.length).toBeGreaterThan(1);
  });

  it('looks for camouflage targets from the server', async () => {
    const place = `${fleet.lab.managerAddress}:${String(target.port)}`;

    const { items } = await fleet.api.post<{
      items: { target: string; x25519: boolean; http2: boolean; tls_version: string | null }[];
    }>(`/api/v1/servers/${serverId}/reality-scans`, { targets: [`${host.address}:1`, place] });

    expect(items[0]).toMatchObject({
      target: place,
      x25519: true,
      http2: true,
      tls_version: 'TLSv1.3',
    });
    expect(items[1]).toMatchObject({ target: `${host.address}:1`, tls_version: null });
  });

  it('leaves nothing behind when it is uninstalled', async () => {
    const { operation_id: operationId } = await fleet.api.post<{ operation_id: string }>(
      `/api/v1/deployments/${id}/uninstall`,
    );

    const operation = await ended(operationId);

    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    const after = host.snapshotFiles();
    const added = diffSnapshots(before, after).added.filter(
      (file) => !file.startsWith('/opt/myx-deployment-tool/'),
    );
    expect(added.filter((file) => /xray|myx-deployments/.test(file))).toEqual([]);
    expect((await host.exec(['getent', 'passwd', 'myx-xray'])).code).not.toBe(0);
    expect((await fleet.api.raw(`/api/v1/deployments/${id}`)).status).toBe(404);
  });
});
