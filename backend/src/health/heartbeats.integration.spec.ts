import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ApiClient } from '../../../test/support/api-client.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { freePort } from '../../../test/support/free-ports.ts';
import { ManagerApp } from '../../../test/support/manager-app.ts';
import { heartbeatOf, ScriptedAgent } from '../../../test/support/scripted-agent.ts';
import { makeCertificate } from '../../../test/support/test-certificates.ts';
import { stopServer, TlsAgents } from '../../../test/support/tls-agents.ts';
import type { TlsAgent } from '../../../test/support/tls-agents.ts';
import { AgentsService } from '../agents/index.js';
import { LiveBus } from '../platform/live/index.js';
import type { LiveMessage } from '../platform/live/index.js';
import type { Board, BoardServer, UptimeReport, VitalsHistory } from './board.schema.js';

jest.setTimeout(60_000);

const QUICK = {
  heartbeat: { min_interval_seconds: 1, max_interval_seconds: 1, timeout_seconds: 20 },
  rpc: { retries: 1, retry_base_seconds: 1 },
};

const agents = new TlsAgents();
let manager: ManagerApp;
let api: ApiClient;
let script: ScriptedAgent;
let agent: TlsAgent;
let id: string;
let news: LiveMessage[];
let stopListening: () => void;
let names = 0;

beforeAll(async () => {
  manager = await ManagerApp.start({ config: QUICK });
  api = await manager.api();
});

beforeEach(async () => {
  news = [];
  stopListening = manager.get(LiveBus).subscribe((message) => news.push(message));
  script = new ScriptedAgent();
  ({ agent, id } = await addServer(script));
});

afterEach(async () => {
  stopListening();
  await manager.removeServers();
  await agents.close();
});

async function addServer(answering: ScriptedAgent): Promise<{ agent: TlsAgent; id: string }> {
  // A port of its own: nobody else gets it while the agent is away.
  const port = await freePort();
  const added = await agents.start(answering.answer, { clientCa: manager.clientCa, port });
  names += 1;
  return { agent: added, id: await manager.addServer(`h-${names}`, added.port, agents.agent) };
}

async function row(serverId = id): Promise<BoardServer> {
  const { servers } = await api.get<Board>('/api/v1/board');
  const found = servers.find((server) => server.id === serverId);
  if (!found) throw new Error('not on the board');
  return found;
}

function becomes(status: string, serverId = id): Promise<BoardServer> {
  return eventually(
    `the server is ${status}`,
    async () => {
      const server = await row(serverId);
      return server.status === status ? server : undefined;
    },
    { deadlineMs: 40_000 },
  );
}

function answered(serverId = id): Promise<BoardServer> {
  return eventually('it answered', async () => {
    const server = await row(serverId);
    return server.figures ? server : undefined;
  });
}

function heartbeats(): number {
  return script.calls.filter((method) => method === 'heartbeat').length;
}

/** Lets every heartbeat in progress end, and begins no other. */
function untilNoneIsAsked(): Promise<true> {
  return eventually('no server is being asked', async () => {
    const rows = await manager.dataSource.query<unknown[]>(
      `WITH put_off AS (
         UPDATE server_heartbeats SET due_at = now() + interval '1 hour'
          WHERE asked_by IS NULL AND due_at < now() + interval '30 minutes'
       )
       SELECT FROM server_heartbeats
        WHERE asked_by IS NOT NULL OR due_at < now() + interval '30 minutes'`,
    );
    return rows.length === 0 || undefined;
  });
}

describe('a server that answers', () => {
  it('is on the board with its figures and facts', async () => {
    const server = await answered();

    expect(server).toMatchObject({
      connection: 'registered',
      status: 'online',
      agent_version: '1.0.0',
      figures: { load_1: 0.1, memory_used_percent: 50, disk_used_percent: 50 },
    });
    await eventually('the facts', async () => (await row()).os ?? undefined);
  });

  it('is asked again and again', async () => {
    await eventually('three heartbeats', () => Promise.resolve(heartbeats() >= 3 || undefined));
  });

  it('is degraded with the reason, and online when it is gone', async () => {
    const full = heartbeatOf('epoch-1');
    const disks = [{ path: '/', total_bytes: 100, available_bytes: 1 }];
    script.heartbeat = () => ({ ...full, vitals: { ...full.vitals, disks } });

    const degraded = await becomes('degraded');
    script.heartbeat = () => heartbeatOf('epoch-1');

    expect(degraded.status_cause).toMatchObject({ layer: 'agent', code: 'disk_nearly_full' });
    expect((await becomes('online')).status_cause).toBeNull();
  });
});

describe('the figures of the last hour', () => {
  const history = async (): Promise<VitalsHistory['samples']> =>
    (await api.get<VitalsHistory>(`/api/v1/servers/${id}/vitals-history`)).samples;
  const moved = (by: string): Promise<unknown> =>
    manager.dataSource.query(`UPDATE server_samples SET at = at - $1::interval`, [by]);

  it('are kept, a sample now and then, however often the server is asked', async () => {
    await answered();
    const before = heartbeats();
    await eventually('two more', () => Promise.resolve(heartbeats() >= before + 2 || undefined));

    const samples = await history();

    expect(samples[0]).toMatchObject({ load_1: expect.closeTo(0.1), memory_used_percent: 50 });
    const times = samples.map(({ at }) => Date.parse(at));
    for (const [index, at] of times.slice(1).entries()) {
      expect(at - (times[index] ?? at)).toBeGreaterThanOrEqual(15_000);
    }
  });

  it('grow by what is told later, oldest first, and are forgotten after the hour', async () => {
    await answered();
    await moved('59 minutes');
    await eventually('a second one', async () => (await history()).length === 2 || undefined);

    const [older, newer] = await history();
    expect(Date.parse(newer?.at ?? '')).toBeGreaterThan(Date.parse(older?.at ?? ''));

    await moved('2 minutes');
    const left = await history();
    expect(left.length).toBeGreaterThanOrEqual(1);
    expect(left.map(({ at }) => at)).not.toContain(
      new Date(Date.parse(older?.at ?? '') - 120_000).toISOString(),
    );
    await eventually('the old one is gone', async () => {
      const rows = await manager.dataSource.query<unknown[]>(
        `SELECT FROM server_samples WHERE at < now() - interval '1 hour'`,
      );
      return rows.length === 0 || undefined;
    });
  });

  it('are nobody’s when there is no such server', async () => {
    const response = await api.raw(
      '/api/v1/servers/00000000-0000-4000-8000-000000000000/vitals-history',
    );

    expect(response.status).toBe(404);
  });
});

describe('a server that does not answer', () => {
  it('is offline with the layer, and online again when it answers', async () => {
    await answered();
    await stopServer(agent.server);

    const { status_cause: cause } = await becomes('offline');
    await agents.start(script.answer, { clientCa: manager.clientCa, port: agent.port });

    expect(cause).toMatchObject({ layer: 'tcp', code: 'connection_refused' });
    await becomes('online');
    const { items } = await api.get<{ items: { to: string }[] }>(
      `/api/v1/servers/${id}/transitions`,
    );
    expect(items.map((each) => each.to)).toEqual(['online', 'offline', 'online']);
    const uptime = await api.get<UptimeReport>(`/api/v1/servers/${id}/uptime?window=24h`);
    expect(uptime.percent).toBeGreaterThan(0);
    expect(uptime.percent).toBeLessThan(100);
  });

  it('is offline at once when the gate refuses, without asking twice', async () => {
    await answered();
    const before = heartbeats();
    script.fault = (method) => (method === 'heartbeat' ? 'gate' : undefined);

    const { status_cause: cause } = await becomes('offline');

    expect(cause).toMatchObject({ layer: 'token', code: 'gate_refused' });
    const transitions = (): LiveMessage[] =>
      news.filter(({ type, data }) => type === 'server_changed' && data.status === 'offline');
    // It is told a moment after it is stored.
    await eventually('it is told', () => Promise.resolve(transitions().length > 0 || undefined));
    const refused = heartbeats();
    await eventually('it is asked again', () =>
      Promise.resolve(heartbeats() > refused || undefined),
    );
    expect(transitions()).toHaveLength(1);
    expect(refused).toBeGreaterThan(before);
  });

  it('is not offline because its agent got another identity while it was asked', async () => {
    const held: unknown[] = [];
    let isHolding = true;
    const { port } = await agents.start(
      (received, response) => {
        if (isHolding) held.push(response);
        else script.answer(received, response);
      },
      { clientCa: manager.clientCa },
    );
    names += 1;
    const changing = await manager.addServer(`h-${names}`, port, agents.agent);
    await eventually('it is asked', () => Promise.resolve(held[0]));

    isHolding = false;
    const changed = 'UPDATE agents SET version = version + 1 WHERE server_id = $1';
    await manager.dataSource.query(changed, [changing]);
    await manager.get(AgentsService).client(changing);

    expect((await answered(changing)).status).not.toBe('offline');
    expect(news.filter(({ data }) => data.id === changing && data.status === 'offline')).toEqual(
      [],
    );
  });

  it('is told apart when it shows another certificate, and gets no request', async () => {
    await answered();
    await stopServer(agent.server);
    const other = makeCertificate({ commonName: 'agent' });
    const evil = await agents.start(script.answer, {
      clientCa: manager.clientCa,
      port: agent.port,
      certificate: other,
    });

    const { status_cause: cause } = await becomes('certificate_changed');

    expect(cause?.layer).toBe('certificate_pin');
    expect(evil.requests).toHaveLength(0);
  });
});

describe('the manager’s own network', () => {
  it('is said to be lost once, instead of every server to be offline', async () => {
    const others = await Promise.all([1, 2, 3].map(() => addServer(new ScriptedAgent())));
    const ids = [id, ...others.map((other) => other.id)];
    for (const each of ids) await answered(each);

    // All at once, and while none is being asked: an answer that is on its way speaks for the network.
    await untilNoneIsAsked();
    await manager.dataSource.query(`UPDATE servers SET host = 'gone.invalid'`);
    await manager.dataSource.query('UPDATE server_heartbeats SET due_at = now()');
    const lost = await eventually(
      'the network is lost',
      async () => {
        const { manager_network: network } = await api.get<Board>('/api/v1/board');
        return network.lost_since ?? undefined;
      },
      { deadlineMs: 40_000 },
    );
    expect(Date.parse(lost)).not.toBeNaN();
    for (const each of ids) expect((await row(each)).status).toBe('online');

    await manager.dataSource.query(`UPDATE servers SET host = '127.0.0.1'`);
    await eventually('the network is back', async () => {
      const { manager_network: network } = await api.get<Board>('/api/v1/board');
      return network.lost_since === null ? true : undefined;
    });
    const said = (): boolean[] =>
      news
        .filter(({ type }) => type === 'manager_network_changed')
        .map(({ data }) => data.lost_since !== null);
    // It is told a moment after it is stored.
    await eventually('it is told', () => Promise.resolve(said().length >= 2 || undefined));
    expect(said()).toEqual([true, false]);
    expect(news.filter(({ data }) => data.status === 'offline')).toEqual([]);
  });

  it('is not blamed when another server answers', async () => {
    const others = await Promise.all([1, 2, 3].map(() => addServer(new ScriptedAgent())));
    for (const each of [id, ...others.map((other) => other.id)]) await answered(each);

    await manager.dataSource.query(`UPDATE servers SET host = 'gone.invalid' WHERE id = $1`, [id]);

    expect((await becomes('offline')).status_cause?.layer).toBe('dns');
  });
});

describe('events of an agent', () => {
  it('bring new figures to the board, without a heartbeat', async () => {
    await eventually('the stream', () => Promise.resolve(script.streams.size > 0 || undefined));
    // A heartbeat in the moment until it is told would bring its own figures.
    await untilNoneIsAsked();
    const { vitals } = heartbeatOf('epoch-1');

    script.announce({
      seq: 1,
      at: new Date().toISOString(),
      type: 'metrics_changed',
      data: { vitals: { ...vitals, load: [9, 0, 0] } },
    });

    const isTold = ({ topic, data }: LiveMessage): boolean =>
      topic === 'board' && JSON.stringify(data).includes('"load_1":9');
    await eventually('the figures', () => Promise.resolve(news.some(isTold) || undefined));
    expect((await row()).figures?.load_1).not.toBe(9);
  });

  it('are asked for from where they broke off', async () => {
    await eventually('the stream', () => Promise.resolve(script.streams.size > 0 || undefined));
    script.announce({
      seq: 41,
      at: new Date().toISOString(),
      type: 'stall_detected',
      data: { command_id: randomUUID(), idle_seconds: 60 },
    });
    const isTold = ({ type }: LiveMessage): boolean => type === 'stall_detected';
    await eventually('it has arrived', () => Promise.resolve(news.some(isTold) || undefined));

    for (const stream of script.streams) stream.destroy();

    await eventually('the stream again', () =>
      Promise.resolve(
        agent.requests.some(({ request }) => request.url?.endsWith('after=41')) || undefined,
      ),
    );
  });
});

describe('several managers', () => {
  it('ask each server once per interval, and one takes over from the other', async () => {
    const second = await ManagerApp.start({ config: QUICK, installation: manager.installation });
    await answered();
    const claims = await manager.dataSource.query<{ n: number }[]>(
      'SELECT count(*)::integer AS n FROM manager_instances',
    );
    expect(claims[0]?.n).toBe(2);
    const before = heartbeats();
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const seconds = (performance.now() - began) / 1_000;
    // One per second and the granularity of the clock; twice as many if both asked.
    expect(heartbeats() - before).toBeLessThanOrEqual(seconds + 2);

    await second.close();

    const then = heartbeats();
    await eventually('it is asked on', () => Promise.resolve(heartbeats() > then || undefined));
  });

  it('take over what a dead one was asking', async () => {
    await answered();
    await manager.dataSource.query(
      `WITH dead AS (
         INSERT INTO manager_instances (id, started_at, seen_at)
         VALUES (gen_random_uuid(), now(), now() - interval '16 seconds') RETURNING id
       )
       UPDATE server_heartbeats SET asked_by = (SELECT id FROM dead), due_at = now()`,
    );
    const before = heartbeats();

    await eventually('it is asked', () => Promise.resolve(heartbeats() > before || undefined));
  });
});
