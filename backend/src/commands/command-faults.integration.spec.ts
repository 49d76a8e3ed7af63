import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CommandRig } from '../../../test/support/command-rig.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { stopServer } from '../../../test/support/tls-agents.ts';

jest.setTimeout(60_000);

let rig: CommandRig;

beforeAll(async () => {
  rig = await CommandRig.open({
    config: {
      commands: {
        max_concurrent: 8,
        max_concurrent_per_server: 2,
        output_limit_bytes: 2 * 1024 * 1024,
      },
    },
  });
});
beforeEach(() => rig.freshServer());
afterEach(() => rig.agents.close());

describe('faults', () => {
  it('starts once when the answer to the start is lost', async () => {
    rig.endAtOnce('done');
    let cuts = 0;
    rig.script.fault = (method) =>
      method === 'execute_command' && cuts++ < 3 ? 'cut_after' : undefined;

    const command = await rig.run();

    expect(command).toMatchObject({ outcome: 'succeeded', stdout_bytes: 4 });
    expect(rig.script.starts.get(command.id)).toBe(1);
  });

  it('is rejected with the layer when nothing can have arrived', async () => {
    await stopServer(rig.agent.server);

    const command = await rig.run();

    expect(command.outcome).toBe('rejected');
    expect(command.reason).toMatch(/^Not started \(tcp\): /);
  });

  it('is lost, and not sent again, when the agent was wiped after an uncertain start', async () => {
    let sent = 0;
    rig.script.fault = (method) => {
      if (method === 'execute_command') sent += 1;
      if (method === 'heartbeat' && sent === 2) rig.script.wipe();
      return method === 'execute_command' ? 'cut_after' : undefined;
    };

    const command = await rig.run();

    expect(command.outcome).toBe('lost');
    expect(sent).toBe(2);
    expect(rig.script.starts.get(command.id)).toBe(1);
  });

  it('is sent again when it never arrived', async () => {
    rig.endAtOnce();
    let sent = 0;
    rig.script.fault = (method) => {
      if (method === 'execute_command') sent += 1;
      return method === 'execute_command' && sent <= 2 ? 'cut_before' : undefined;
    };

    const command = await rig.run();

    expect(command.outcome).toBe('succeeded');
    expect(sent).toBe(3);
    expect(rig.script.starts.get(command.id)).toBe(1);
  });

  it('is lost when the agent lost it while it ran', async () => {
    rig.script.onStart = () => {
      setTimeout(() => {
        rig.script.wipe();
      }, 50);
    };

    const command = await rig.run();

    expect(command).toMatchObject({ outcome: 'lost' });
    expect(command.reason).toContain('lost its state');
  });

  it.each(['no_space', 'start_failed', 'method_not_found'] as const)(
    'is rejected when the agent says %s',
    async (fault) => {
      rig.script.fault = (method) => (method === 'execute_command' ? fault : undefined);

      expect(await rig.run()).toMatchObject({ outcome: 'rejected', status: 'finished' });
    },
  );

  it('waits for room at the agent', async () => {
    rig.endAtOnce();
    let refusals = 0;
    rig.script.fault = (method) =>
      method === 'execute_command' && refusals++ < 1 ? 'too_many_commands' : undefined;

    const command = await rig.run({}, '?wait=30');

    expect(command.outcome).toBe('succeeded');
    expect(refusals).toBe(2);
  });

  it('says that the agent is unreachable, and goes on when it is back', async () => {
    let isCut = true;
    rig.script.fault = (method) =>
      isCut && method === 'get_command_log' ? 'cut_before' : undefined;
    const { id } = await rig.run({}, '');
    await eventually('it is unreachable', async () => (await rig.get(id)).unreachable ?? undefined);
    rig.script.write(id, 'stdout', 'meanwhile');
    rig.script.end(id);
    isCut = false;

    const command = await rig.get(id, '?wait=30');

    expect(command).toMatchObject({ outcome: 'succeeded', stdout_bytes: 9, unreachable: null });
  });
});

describe('cancel', () => {
  it('ends a running command and says how many processes are left', async () => {
    const { id } = await rig.run({}, '');

    const report = await rig.cancel(id);

    expect(report.processes_left).toBe(0);
    expect(report.command).toMatchObject({ status: 'finished', outcome: 'cancelled' });
  });

  it('ends a queued command without sending it', async () => {
    const running = [await rig.run({}, ''), await rig.run({}, '')];
    const queued = await rig.run({}, '');
    expect(queued.status).toBe('queued');

    const report = await rig.cancel(queued.id);

    expect(report.command).toMatchObject({ status: 'finished', outcome: 'cancelled' });
    for (const { id } of running) await rig.cancel(id);
    expect(rig.script.starts.has(queued.id)).toBe(false);
  });

  it('changes nothing about a command that has ended', async () => {
    rig.endAtOnce();
    const { id } = await rig.run();

    const report = await rig.cancel(id);

    expect(report.command.outcome).toBe('succeeded');
  });

  it('is stored while the agent cannot be reached, and carried out when it can', async () => {
    let isCut = true;
    rig.script.fault = (method) =>
      isCut && method !== 'execute_command' && method !== 'heartbeat' ? 'cut_before' : undefined;
    const { id } = await rig.run({}, '');
    await eventually('it is unreachable', async () => (await rig.get(id)).unreachable ?? undefined);
    const response = await rig.api.raw(`/api/v1/commands/${id}/cancel`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"grace_seconds":0}',
    });
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ name: 'cancel_pending' });
    isCut = false;

    expect(await rig.get(id, '?wait=60')).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('limits', () => {
  it('queues what is too much for a server, and runs it in order', async () => {
    const names = ['1', '2', '3', '4', '5', '6'];
    const arrived: { name: string; id: string }[] = [];
    // Each ends a while after the next one has arrived, so that none overtakes another on its way.
    rig.script.onStart = ({ params }) => {
      const previous = arrived.at(-1);
      arrived.push({ name: params.args[0] ?? '', id: params.command_id });
      setTimeout(() => {
        if (previous) rig.script.end(previous.id);
        if (arrived.length === names.length) rig.script.end(params.command_id);
      }, 30);
    };

    const started = [];
    for (const name of names) started.push(await rig.run({ args: [name] }, ''));
    const ended = await Promise.all(started.map(({ id }) => rig.get(id, '?wait=30')));

    expect(ended.map(({ outcome }) => outcome)).toEqual(Array(6).fill('succeeded'));
    const order = arrived.map(({ name }) => name);
    // The first two are sent at the same time, and either may arrive first.
    expect(order.slice(0, 2).sort()).toEqual(names.slice(0, 2));
    expect(order.slice(2)).toEqual(names.slice(2));
    expect(rig.script.mostRunning).toBeLessThanOrEqual(2);
  });
});

describe('another manager', () => {
  it('goes on where a dead one stopped, and the dead one writes nothing more', async () => {
    const { id } = await rig.run({}, '');
    await eventually('it runs', async () =>
      (await rig.get(id)).status === 'running' ? true : undefined,
    );
    rig.script.write(id, 'stdout', 'first ');
    await eventually('the first part is stored', async () =>
      (await rig.get(id)).stdout_bytes === 6 ? true : undefined,
    );
    // As after a pause longer than the lease: the first manager does not know that it is out.
    await rig.manager.dataSource.query(
      `UPDATE commands SET lease_owner = gen_random_uuid(), epoch = epoch + 1,
         lease_until = now() - interval '1 second' WHERE id = $1`,
      [id],
    );
    rig.script.write(id, 'stdout', 'second ');
    rig.script.write(id, 'stdout', 'third');
    rig.script.end(id);

    const command = await rig.get(id, '?wait=30');

    expect(command).toMatchObject({ outcome: 'succeeded', stdout_bytes: 18 });
    const output = await rig.api.raw(`/api/v1/commands/${id}/output?stream=stdout`);
    expect(await output.text()).toBe('first second third');
    expect(rig.script.starts.get(id)).toBe(1);
  });

  it('takes over a command that was being sent, and starts it once', async () => {
    rig.endAtOnce('x');
    let isAway = true;
    rig.script.fault = (method) => {
      if (!isAway) return undefined;
      return method === 'execute_command' ? 'cut_after' : 'cut_before';
    };
    // Known to the manager, as after a heartbeat: otherwise it could not tell a wiped agent.
    await rig.manager.dataSource.query(
      `UPDATE agents SET state_epoch = 'epoch-1' WHERE server_id = $1`,
      [rig.serverId],
    );
    const { id } = await rig.run({}, '');
    await eventually('it is uncertain', async () => (await rig.get(id)).unreachable ?? undefined);
    await rig.manager.dataSource.query(
      `UPDATE commands SET lease_owner = gen_random_uuid(), epoch = epoch + 1,
         lease_until = now() - interval '1 second' WHERE id = $1`,
      [id],
    );
    isAway = false;

    expect(await rig.get(id, '?wait=40')).toMatchObject({ outcome: 'succeeded', stdout_bytes: 1 });
    expect(rig.script.starts.get(id)).toBe(1);
  });
});

describe('a stream without end', () => {
  it('keeps its head and its tail within the limit, and declares the rest', async () => {
    const { id } = await rig.run({ args: ['flood'] }, '');
    await eventually('it runs', async () =>
      (await rig.get(id)).status === 'running' ? true : undefined,
    );
    const block = randomBytes(1024 * 1024);
    for (let n = 0; n < 14; n += 1) rig.script.write(id, 'stdout', block);
    rig.script.end(id);

    const command = await rig.get(id, '?wait=30');

    expect(command.stdout_bytes).toBe(14 * block.length);
    const lost = command.gaps.reduce((sum, { from, to }) => sum + to - from, 0);
    expect(lost).toBeGreaterThan(0);
    // Whole rows are dropped, so the head may keep a little more than its part.
    expect(command.gaps[0]?.from).toBeGreaterThanOrEqual(block.length);
    expect(command.gaps[0]?.from).toBeLessThan(block.length + 256 * 1024);
    const output = await rig.api.raw(`/api/v1/commands/${id}/output?stream=stdout`);
    const bytes = Buffer.from(await output.arrayBuffer());
    expect(bytes.length).toBe(14 * block.length - lost);
    expect(bytes.subarray(0, block.length)).toEqual(block);
    expect(bytes.subarray(-block.length)).toEqual(block);
  });
});
