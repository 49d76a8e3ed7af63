import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LabHost } from '../lab/index.ts';
import { DeployedService } from '../support/deployed-service.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';

/** The task after which the files are new and nothing uses them yet: the worst moment there is. */
const SWITCHED = 'Write the files';

/** Port that the manager is kept from, so that its look from outside fails. */
const HIDDEN_PORT = 9300;

/**
 * Kills whatever the agent runs on a host as soon as a restoration has noted which files it puts back:
 * nothing was made to use them yet. The next task is far off by then.
 */
const KILL_A_RESTORATION = `
until grep -qs '"put_back"' "$1/transaction.json"; do sleep 0.01; done
systemctl kill --signal=KILL 'myx-command-*.service'
`;

describe('services whose change is killed in the middle', () => {
  let fleet: Fleet;
  let caddy: DeployedService;
  let exporter: DeployedService;

  beforeAll(async () => {
    fleet = await Fleet.open({
      hosts: [{ ansible: true }, { ansible: true }],
      env: { MYX_OPERATIONS_LEASE_SECONDS: '5' },
    });
    const [first, second] = await Promise.all([fleet.addServer(1), fleet.addServer(2)]);
    [caddy, exporter] = await Promise.all([
      DeployedService.create(fleet, { number: 1, serverId: first, kind: 'caddy' }, 9100),
      DeployedService.create(fleet, { number: 2, serverId: second, kind: 'node_exporter' }, 9100),
    ]);
    await both(await Promise.all([caddy.apply(), exporter.apply()]), ['new', 'new']);
  }, 900_000);

  afterAll(async () => {
    await fleet.close();
  }, 180_000);

  /** Looks at both services once their operations have ended. */
  async function both(
    operations: readonly [string, string],
    expected: readonly ('new' | 'old')[],
  ): Promise<void> {
    const ends = [caddy.settled(operations[0]), exporter.settled(operations[1])];
    expect(await Promise.all(ends)).toEqual(expected);
  }

  const host = (number: number): LabHost => fleet.lab.host(number);

  it('goes on when the agent is killed, and when the link is cut', async () => {
    const operations = await Promise.all([caddy.change(9200), exporter.change(9200)]);
    await Promise.all([
      caddy.comesTo(operations[0], SWITCHED).then(async () => {
        await host(1).mustExec(['systemctl', 'kill', '--signal=KILL', 'myx-agent.service']);
      }),
      exporter.comesTo(operations[1], SWITCHED).then(async () => {
        await host(2).cut();
        await exporter.committed().finally(() => host(2).heal());
      }),
    ]);

    await both(operations, ['new', 'new']);
  }, 900_000);

  it('goes on when the manager is killed', async () => {
    const operations = await Promise.all([caddy.goBack(), exporter.goBack()]);
    await Promise.all([
      caddy.comesTo(operations[0], SWITCHED),
      exporter.comesTo(operations[1], SWITCHED),
    ]);

    await fleet.manager.kill();
    await fleet.manager.boot();

    await both(operations, ['new', 'new']);
  }, 900_000);

  it('is as it was when its server loses power, or as it should be', async () => {
    const [applied, rolledBack] = await Promise.all([caddy.change(9300), exporter.goBack()]);
    const losesPower = async (number: number): Promise<void> => {
      await host(number).crash();
      await host(number).start();
    };
    await Promise.all([
      caddy.comesTo(applied, SWITCHED).then(() => losesPower(1)),
      exporter.comesTo(rolledBack, SWITCHED).then(() => losesPower(2)),
    ]);

    await caddy.settled(applied);
    await exporter.settled(rolledBack);
  }, 900_000);

  it('is as it was when its operation is cancelled, and when the taking back is killed, too', async () => {
    await host(2).block(HIDDEN_PORT, 'reject');
    const killer = host(2).exec(['sh', '-c', KILL_A_RESTORATION, 'sh', exporter.stateDirectory], {
      timeoutMs: 300_000,
    });
    const [cancelled, hidden] = await Promise.all([caddy.change(9411), exporter.change(9300)]);
    await caddy.comesTo(cancelled, SWITCHED);
    await fleet.api.post(`/api/v1/operations/${cancelled}/cancel`, {}, [200, 202, 409]);
    expect((await killer).code).toBe(0);

    await caddy.settled(cancelled);
    await eventually(
      'the change is taken back',
      async () => {
        const { state } = await fleet.operation(hidden);
        if (state === 'cleanup_pending') {
          await fleet.api.post(`/api/v1/operations/${hidden}/cleanup`, {}, [200, 202, 409]);
        }
        return state === 'failed' ? true : undefined;
      },
      { deadlineMs: 200_000 },
    );
    expect(await exporter.settled(hidden)).toBe('old');
    await host(2).unblock(HIDDEN_PORT);
  }, 900_000);
});
