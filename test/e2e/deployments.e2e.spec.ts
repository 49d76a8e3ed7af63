import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { diffSnapshots } from '../lab/index.ts';
import type { LabHost } from '../lab/index.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';
import type { OperationAnswer } from '../support/fleet.ts';

const API = '/api/v1/deployments';
const DROP_IN = '/etc/systemd/system/prometheus-node-exporter.service.d/myx.conf';
const PASSWORD = 'canary-8d1f-password';

interface Deployment {
  readonly id: string;
  readonly server_id: string;
  readonly state: string;
  readonly desired_version: number;
  readonly applied_version: number | null;
  readonly error: { readonly layer: string; readonly message: string } | null;
  readonly differences: readonly { readonly name: string; readonly message: string }[];
  readonly config: Record<string, unknown>;
}

interface Plan {
  readonly has_changes: boolean;
  readonly files: readonly { path: string; change: string; diff: string | null }[];
  readonly commands: readonly string[];
  readonly server: { readonly reachable: boolean };
}

/** What package managers and logs keep of every installation, whatever is removed again. */
const KEPT_BY_THE_SYSTEM =
  /^\/(var\/(lib\/(dpkg|apt|systemd|ucf)|cache|log|lib\/myx-agent)|opt\/myx-|run|tmp|etc\/(passwd|group|shadow|gshadow|subuid|subgid)-?$|etc\/\.pwd\.lock|etc\/ld\.so\.cache|var\/tmp)/;

describe('deployments on real servers', () => {
  let fleet: Fleet;
  let hosts: readonly LabHost[];
  const ids: string[] = [];
  let before: ReturnType<LabHost['snapshotFiles']>;

  beforeAll(async () => {
    fleet = await Fleet.open({ hosts: [{ ansible: true }, { ansible: true }] });
    hosts = fleet.lab.hosts;
    const servers = await Promise.all([fleet.addServer(1), fleet.addServer(2)]);
    before = hosts[0]!.snapshotFiles();
    const answer = await fleet.api.post<{ deployments: Deployment[]; operation_ids: string[] }>(
      API,
      { kind: 'node_exporter', server_ids: servers, config: { port: 9100 } },
      [201],
    );
    for (const server of servers) {
      ids.push(answer.deployments.find(({ server_id: id }) => id === server)!.id);
    }
  }, 600_000);

  afterAll(async () => {
    await fleet.close();
  }, 180_000);

  const show = (id: string): Promise<Deployment> => fleet.api.get<Deployment>(`${API}/${id}`);

  const metrics = async (host: LabHost, port: number): Promise<number> => {
    // Over a new connection: one that was kept may end with the program that it goes to.
    const headers = { connection: 'close' };
    const url = `http://${host.address}:${port}/metrics`;
    const response = await fetch(url, { headers }).catch(() => null);
    await response?.arrayBuffer();
    return response?.status ?? 0;
  };

  const operate = async (path: string, body: object = {}): Promise<OperationAnswer> => {
    const { operation_id: id } = await fleet.api.post<{ operation_id: string }>(
      `${API}/${path}`,
      body,
      [202],
    );
    return fleet.operationEnded(id, 400_000);
  };

  const configure = (id: string, config: object): Promise<Deployment> =>
    fleet.api.put<Deployment>(`${API}/${id}/config`, { config });

  it('plans before the first apply, and changes nothing by it', async () => {
    const plan = await fleet.api.post<Plan>(`${API}/${ids[0]!}/plan`, {}, [200]);

    expect(plan).toMatchObject({ has_changes: true, server: { reachable: true } });
    expect(plan.files).toEqual([
      expect.objectContaining({ path: DROP_IN, change: 'create', diff: expect.any(String) }),
    ]);
    expect(plan.commands.join()).toContain('apt-get install');
    expect((await show(ids[0]!)).state).toBe('planned');
  }, 180_000);

  it('deploys to two servers as one batch', async () => {
    const { operation_ids: operations, batch_id: batch } = await fleet.api.post<{
      operation_ids: string[];
      batch_id: string;
    }>(`${API}/apply`, { deployment_ids: ids, limit_parallel: 2 }, [202]);

    expect(batch).toEqual(expect.any(String));
    for (const id of operations) {
      expect(await fleet.operationEnded(id, 400_000)).toMatchObject({ state: 'succeeded' });
    }
    for (const [index, id] of ids.entries()) {
      expect(await show(id)).toMatchObject({ state: 'healthy', applied_version: 1 });
      expect(await metrics(hosts[index]!, 9100)).toBe(200);
    }
  }, 600_000);

  it('applies a change, keeps the password to itself, and needs it from then on', async () => {
    const login = [{ username: 'prometheus', password: PASSWORD }];
    const stored = await configure(ids[0]!, { port: 9200, basic_auth: login });
    const plan = await fleet.api.post<Plan>(`${API}/${ids[0]!}/plan`, {}, [200]);
    const operation = await operate(`${ids[0]!}/apply`);
    const again = await configure(ids[0]!, stored.config);

    expect(operation.state).toBe('succeeded');
    expect(again.desired_version).toBe(2);
    expect(plan.files.map(({ change }) => change).sort()).toEqual(['create', 'update']);
    expect(await metrics(hosts[0]!, 9200)).toBe(401);
    expect(await metrics(hosts[0]!, 9100)).toBe(0);
    const answers = [stored, plan, await fleet.api.get<unknown>(`${API}/${ids[0]!}/history/2`)];
    expect(JSON.stringify(answers)).not.toContain(PASSWORD);
    const log = await fleet.api.get<unknown>(`/api/v1/operations/${operation.id}/log?limit=500`);
    expect(JSON.stringify(log)).not.toContain(PASSWORD);
  }, 600_000);

  it('takes back by itself what does not run, and says why', async () => {
    await configure(ids[1]!, { address: '192.0.2.1', port: 9100, probe_from_manager: false });

    const operation = await operate(`${ids[1]!}/apply`);

    expect(operation).toMatchObject({ state: 'failed', error: { layer: 'ready' } });
    expect(operation.error?.message).toContain('cannot assign requested address');
    expect(await show(ids[1]!)).toMatchObject({
      state: 'rolled_back',
      applied_version: 1,
      desired_version: 2,
    });
    expect(await metrics(hosts[1]!, 9100)).toBe(200);
  }, 600_000);

  it('refuses what the program does not take before anything is changed', async () => {
    await configure(ids[1]!, { collectors: { enabled: ['nosuch'] } });

    const operation = await operate(`${ids[1]!}/apply`);

    expect(operation).toMatchObject({ state: 'failed', error: { layer: 'validate' } });
    expect(operation.error?.message).toContain('collector.nosuch');
    expect(await metrics(hosts[1]!, 9100)).toBe(200);
  }, 600_000);

  it('lets a change mend what could not be put back to work', async () => {
    const other = ['--unit=squatter', '/usr/bin/python3', '-m', 'http.server', '9100'];
    await hosts[1]!.mustExec(['systemctl', 'stop', 'prometheus-node-exporter']);
    await hosts[1]!.mustExec(['systemd-run', ...other]);
    await eventually('the other program listens', async () => {
      const sockets = await hosts[1]!.mustExec(['ss', '-Hltn', 'sport = :9100']);
      return sockets.trim() !== '' || undefined;
    });
    await configure(ids[1]!, { address: '192.0.2.1', port: 9101, probe_from_manager: false });
    const broken = await operate(`${ids[1]!}/apply`);
    const between = await show(ids[1]!);
    await configure(ids[1]!, { port: 9300 });

    const mending = await operate(`${ids[1]!}/apply`);

    expect(broken).toMatchObject({ state: 'cleanup_pending', error: { layer: 'restore' } });
    expect(between).toMatchObject({ state: 'degraded', applied_version: 1 });
    expect(mending).toMatchObject({ state: 'succeeded' });
    expect(await show(ids[1]!)).toMatchObject({ state: 'healthy', differences: [] });
    expect(await metrics(hosts[1]!, 9300)).toBe(200);
    expect(await fleet.operationEnded(broken.id)).toMatchObject({ state: 'failed', leftovers: [] });
    await hosts[1]!.mustExec(['systemctl', 'stop', 'squatter']);
  }, 600_000);

  it('reports what somebody else changed, and repairs nothing', async () => {
    const content = await hosts[0]!.readFile(DROP_IN);
    await hosts[0]!.mustExec(['sh', '-c', `echo '# mine' >>${DROP_IN}`]);

    await operate(`${ids[0]!}/check`);
    const drifted = await show(ids[0]!);
    await hosts[0]!.writeFile(DROP_IN, content, { mode: '0644' });
    await operate(`${ids[0]!}/check`);
    const mended = await show(ids[0]!);

    expect(drifted.state).toBe('drifted');
    expect(drifted.differences).toEqual([
      expect.objectContaining({ name: DROP_IN, message: 'was changed' }),
    ]);
    expect(mended).toMatchObject({ state: 'healthy', differences: [] });
  }, 600_000);

  it('goes back to the version before on request', async () => {
    const operation = await operate(`${ids[0]!}/rollback`);

    expect(operation.state).toBe('succeeded');
    expect(await show(ids[0]!)).toMatchObject({ state: 'healthy', applied_version: 3 });
    expect(await metrics(hosts[0]!, 9100)).toBe(200);
    expect(await metrics(hosts[0]!, 9200)).toBe(0);
  }, 600_000);

  it('leaves nothing behind', async () => {
    const operation = await operate(`${ids[0]!}/uninstall`);

    expect(operation.state).toBe('succeeded');
    expect((await fleet.api.raw(`${API}/${ids[0]!}`)).status).toBe(404);
    const user = await hosts[0]!.exec(['id', 'prometheus']);
    expect(user.code).not.toBe(0);
    const { added, removed } = diffSnapshots(before, hosts[0]!.snapshotFiles());
    const ours = (paths: readonly string[]): string[] =>
      paths.filter((path) => !KEPT_BY_THE_SYSTEM.test(path));
    expect(ours(added)).toEqual([]);
    expect(ours(removed)).toEqual([]);
  }, 600_000);
});
