import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import { CommandRig } from '../../../test/support/command-rig.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { AGENT_ACCESS } from '../../../test/support/tls-agents.ts';
import { AgentsService } from '../agents/index.js';
import { Secret } from '../platform/crypto/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import type { RunDescription } from './runs.schema.js';

// What happens when the world changes between two moments that usually follow each other at once.

jest.setTimeout(60_000);

let rig: CommandRig;

beforeAll(async () => {
  rig = await CommandRig.open();
});
beforeEach(() => rig.freshServer());
afterEach(() => rig.agents.close());

/** Runs SQL in a transaction that stays open until `meanwhile` is over. */
async function inTransaction(
  statement: string,
  parameters: readonly unknown[],
  meanwhile: () => Promise<void>,
): Promise<void> {
  const runner: QueryRunner = rig.manager.dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    await runner.query(statement, [...parameters]);
    await meanwhile();
    await runner.commitTransaction();
  } finally {
    await runner.release();
  }
}

async function somebodyWaits(...statements: readonly string[]): Promise<void> {
  await eventually('somebody waits for the open transaction', async () => {
    const rows = await rig.manager.dataSource.query<unknown[]>(
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE ANY ($1)`,
      [statements.map((statement) => `%${statement}%`)],
    );
    return rows.length > 0 || undefined;
  });
}

async function runs(id: string): Promise<void> {
  await eventually('it runs', async () => (await rig.get(id)).status === 'running' || undefined);
}

describe('a queued command', () => {
  it('that is just being cancelled is not started, and hinders no other one', async () => {
    const running = [await rig.run({}, ''), await rig.run({}, '')];
    for (const { id } of running) await runs(id);
    const queued = await rig.run({}, '');
    expect(queued.status).toBe('queued');
    let answer: Promise<Response> | undefined;

    await inTransaction(
      `UPDATE commands SET status = 'finished', outcome = 'cancelled', finished_at = now(),
         cancel_grace_ms = 0 WHERE id = $1`,
      [queued.id],
      async () => {
        // Room for it, which the next command is the first to notice.
        await rig.manager.dataSource.query(
          `UPDATE commands SET status = 'finished', outcome = 'lost', finished_at = now(),
             lease_owner = NULL, lease_until = NULL WHERE id = $1`,
          [running[0]?.id],
        );
        answer = rig.start();
        await somebodyWaits('UPDATE commands');
      },
    );

    expect((await answer)?.status).toBe(202);
    expect(await rig.get(queued.id)).toMatchObject({ status: 'finished', outcome: 'cancelled' });
    expect(rig.script.starts.has(queued.id)).toBe(false);
  });
});

describe('a connection that the manager gives up itself', () => {
  /** An agent that leaves the first call of a method unanswered, and whose connection is given up then. */
  async function serverWithReplaced(method: string): Promise<string> {
    let isReplaced = false;
    const agent = await rig.agents.start(
      (received, response) => {
        if (received.rpc.method !== method || isReplaced) {
          rig.script.answer(received, response);
          return;
        }
        isReplaced = true;
        void replace();
      },
      { clientCa: rig.manager.clientCa },
    );
    const name = `replaced-${randomUUID()}`;
    const { agent: certificate } = rig.agents;
    // Not asked for its health: the first heartbeat is the one before a start.
    const id = await rig.manager.addServer(name, agent.port, certificate, { isAsked: false });
    const replace = async (): Promise<void> => {
      const { dataSource } = rig.manager;
      await dataSource.query('UPDATE agents SET version = version + 1 WHERE server_id = $1', [id]);
      await rig.manager.get(AgentsService).client(id);
    };
    return id;
  }

  it.each(['heartbeat', 'execute_command', 'get_command_log'])(
    'costs no command anything when it is asked %s',
    async (method) => {
      rig.endAtOnce('done');
      rig.serverId = await serverWithReplaced(method);

      const command = await rig.run();

      expect(command).toMatchObject({ outcome: 'succeeded', stdout_bytes: 4, unreachable: null });
      expect(rig.script.starts.get(command.id)).toBe(1);
    },
  );

  it('does not swallow a cancel', async () => {
    rig.serverId = await serverWithReplaced('cancel_command');
    const { id } = await rig.run({}, '');
    await runs(id);
    // What another manager stored before it died.
    await rig.manager.dataSource.query(
      `UPDATE commands SET status = 'cancelling', cancel_grace_ms = 0 WHERE id = $1`,
      [id],
    );

    expect(await rig.get(id, '?wait=50')).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('a cancel', () => {
  it('is carried out when the agent did not take it but answers everything else', async () => {
    const { id } = await rig.run({}, '');
    await runs(id);
    let refused = 0;
    rig.script.fault = (method) =>
      method === 'cancel_command' && refused++ < 2 ? 'cut_before' : undefined;

    const response = await rig.api.raw(`/api/v1/commands/${id}/cancel`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"grace_seconds":0}',
    });

    expect(response.status).toBe(504);
    expect(await rig.get(id, '?wait=50')).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('an agent that is being installed anew', () => {
  it('keeps its commands while its certificate is not known yet', async () => {
    const agents = rig.manager.get(AgentsService);
    const transactions = rig.manager.get(TransactionRunner);
    const { id } = await rig.run({}, '');
    await runs(id);

    await transactions.run(async ({ manager }) => {
      await agents.remove(manager, rig.serverId);
      await agents.assignIdentity(manager, rig.serverId);
    });
    rig.script.write(id, 'stdout', 'before ');
    await eventually('it is told why the command is silent', async () => {
      const { unreachable } = await rig.get(id);
      return unreachable?.code === 'agent_certificate_unknown' || undefined;
    });
    rig.script.write(id, 'stdout', 'after');
    rig.script.end(id);
    const { certificate, fingerprint } = rig.agents.agent;
    await transactions.run(({ manager }) =>
      agents.adopt(manager, rig.serverId, {
        rpcPort: rig.agent.port,
        rpcPath: AGENT_ACCESS.path,
        token: new Secret(AGENT_ACCESS.token),
        secretKey: new Secret(AGENT_ACCESS.secretKey),
        certificateFingerprint: fingerprint,
        certificatePem: certificate,
      }),
    );

    const command = await rig.get(id, '?wait=50');

    expect(command).toMatchObject({ outcome: 'succeeded', stdout_bytes: 12, unreachable: null });
  });
});

describe('a server that is removed just as a command is accepted', () => {
  /** What is answered when the server disappears between the look and the write. */
  async function whileRemoved(ask: () => Promise<Response>): Promise<Response> {
    let answer: Promise<Response> | undefined;
    await inTransaction('DELETE FROM servers WHERE id = $1', [rig.serverId], async () => {
      answer = ask();
      await somebodyWaits('"Server"', 'INSERT INTO commands');
    });
    if (!answer) throw new Error('nothing was asked');
    return answer;
  }

  function startRun(body: object): Promise<Response> {
    return rig.api.raw('/api/v1/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ command: 'true', ...body }),
    });
  }

  it('is not found for the command', async () => {
    const response = await whileRemoved(() => rig.start());

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ name: 'server_not_found' });
  });

  it('is not found for a run that names it', async () => {
    const response = await whileRemoved(() => startRun({ server_ids: [rig.serverId] }));

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ name: 'server_not_found' });
  });

  it('is left out of a run that selects it by its labels', async () => {
    rig.endAtOnce();
    const label = randomUUID();
    const gone = rig.serverId;
    await rig.freshServer();
    const { dataSource } = rig.manager;
    await dataSource.query(`UPDATE servers SET labels = $1 WHERE id = ANY ($2)`, [
      { label },
      [gone, rig.serverId],
    ]);
    const stays = rig.serverId;
    rig.serverId = gone;

    const response = await whileRemoved(() => startRun({ labels: { label } }));

    expect(response.status).toBe(202);
    const run = (await response.json()) as RunDescription;
    expect(run.commands).toBe(1);
    const commands = await dataSource.query<{ server_id: string }[]>(
      'SELECT server_id FROM commands WHERE run_id = $1',
      [run.id],
    );
    expect(commands).toEqual([{ server_id: stays }]);
  });
});
