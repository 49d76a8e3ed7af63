import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { openTestDatabase } from '../../../test/support/test-database.ts';
import { Audit1795200001010 } from '../migrations/20261120T2010-audit.js';
import { ManagerConfig } from '../platform/config/index.js';
import { AuditCheckpoint } from './audit-checkpoint.js';
import { AUDIT_ENTITIES } from './audit-event.entity.js';
import { AuditWatch } from './audit-watch.js';
import { AuditVerifier } from './audit-verifier.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import type { AuditActor, AuditRecord } from './audit.service.js';

/** A first start of the database takes seconds on a busy machine. */
jest.setTimeout(60_000);

const ADA: AuditActor = {
  kind: 'user',
  id: 'u-ada',
  name: 'ada',
  role: 'admin',
  address: '192.0.2.1',
  correlationId: 'c-1',
};

let dataSource: DataSource;
let audit: AuditService;
let verifier: AuditVerifier;

beforeEach(async () => {
  ({ dataSource } = await openTestDatabase({
    entities: AUDIT_ENTITIES,
    migrations: [Audit1795200001010],
  }));
  const repository = new AuditRepository(dataSource);
  audit = new AuditService(repository);
  verifier = new AuditVerifier(repository);
});

function record(changes: Partial<AuditRecord> = {}): Promise<void> {
  return dataSource.transaction((manager) =>
    audit.record(manager, { actor: ADA, action: 'server.create', outcome: 'success', ...changes }),
  );
}

/** Runs statements as somebody who owns the database and switched its triggers off. */
async function tamper(...statements: string[]): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query('SET LOCAL session_replication_role = replica');
    for (const statement of statements) await manager.query(statement);
  });
}

async function kindsFound(): Promise<string[]> {
  return (await verifier.verify()).problems.map(({ kind }) => kind);
}

describe('recording', () => {
  it('chains 50 concurrent writers without a gap', async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        record({ details: { index, text: `ß\u{1f600}\0` } }),
      ),
    );

    const report = await verifier.verify();
    expect(report.problems).toEqual([]);
    expect(report.events).toBe(50);
    expect(report.head.seq).toBe(50n);
  });

  it('does not wait for a transaction that has recorded and goes on', async () => {
    await dataSource.transaction(async (slow) => {
      await audit.record(slow, { actor: ADA, action: 'slow', outcome: 'success' });
      await record({ action: 'quick' });
    });

    const chain = await new AuditRepository(dataSource).chain(0n, 10);
    expect(chain.map(({ event }) => event?.action)).toEqual(['quick', 'slow']);
    expect(await kindsFound()).toEqual([]);
  });

  it('goes with the transaction: rolled back, nothing is left, not even a number', async () => {
    const failing = dataSource.transaction(async (manager) => {
      await audit.record(manager, { actor: ADA, action: 'server.delete', outcome: 'success' });
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    await record();

    const report = await verifier.verify();
    expect([report.events, report.head.seq]).toEqual([1, 1n]);
    expect(report.problems).toEqual([]);
  });

  it('chains several events of one transaction in order', async () => {
    await dataSource.transaction(async (manager) => {
      for (const action of ['a', 'b', 'c']) {
        await audit.record(manager, { actor: ADA, action, outcome: 'success' });
      }
    });

    const chain = await new AuditRepository(dataSource).chain(0n, 10);
    expect(chain.map(({ event }) => event?.action)).toEqual(['a', 'b', 'c']);
  });

  it.each([1e21, 1e-7, 0.1 + 0.2, Number.MAX_SAFE_INTEGER, -0, 1.5e300])(
    'verifies after jsonb has stored the number %d',
    async (number) => {
      await record({ details: { number, 9: 'integer-like key', 10: [] } });

      expect(await kindsFound()).toEqual([]);
    },
  );

  it('refuses details without bound', async () => {
    await expect(record({ details: { text: 'x'.repeat(40_000) } })).rejects.toThrow('too large');
  });
});

describe('the tables', () => {
  it.each(['UPDATE audit_events SET actor_name = $$x$$', 'DELETE FROM audit_events'])(
    'refuse %s',
    async (statement) => {
      await record();

      await expect(dataSource.query(statement)).rejects.toThrow('append-only');
    },
  );

  it.each(['TRUNCATE audit_events CASCADE', 'DELETE FROM audit_chain', 'TRUNCATE audit_chain'])(
    'refuse %s',
    async (statement) => {
      await record();

      await expect(dataSource.query(statement)).rejects.toThrow('append-only');
      expect((await verifier.verify()).events).toBe(1);
    },
  );
});

describe('verifying', () => {
  beforeEach(async () => {
    for (let index = 1; index <= 6; index += 1) await record({ details: { index } });
  });

  it.each([
    [
      'an edited event',
      `UPDATE audit_events SET actor_name = 'eve' WHERE details @> '{"index": 3}'`,
      ['edited'],
    ],
    [
      'an edited detail',
      `UPDATE audit_events SET details = '{"index": 33}' WHERE details @> '{"index": 3}'`,
      ['edited'],
    ],
    [
      'a later time',
      `UPDATE audit_events SET at = at + interval '1 ms' WHERE details @> '{"index": 3}'`,
      ['edited'],
    ],
    ['a removed event', `DELETE FROM audit_events WHERE details @> '{"index": 3}'`, ['removed']],
    ['a removed link', 'DELETE FROM audit_chain WHERE seq = 3', ['gap', 'unlinked']],
    [
      'a changed hash',
      `UPDATE audit_chain SET hash = sha256('x') WHERE seq = 3`,
      ['broken', 'broken'],
    ],
  ])('finds %s', async (_name, statement, kinds) => {
    await tamper(statement);

    expect((await kindsFound()).sort()).toEqual([...kinds].sort());
  });

  it('finds swapped events', async () => {
    await tamper(
      'ALTER TABLE audit_chain DROP CONSTRAINT audit_chain_event_id_key',
      `UPDATE audit_chain link SET event_id = other.event_id FROM audit_chain other
        WHERE link.seq IN (2, 5) AND other.seq = 7 - link.seq`,
    );

    expect(await kindsFound()).toEqual(['broken', 'broken']);
  });

  it('finds a cut end with the help of a noted head alone', async () => {
    const { head } = await verifier.verify();
    await tamper(
      'DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_chain WHERE seq > 4)',
      'DELETE FROM audit_chain WHERE seq > 4',
    );

    expect(await kindsFound()).toEqual([]);
    const { problems } = await verifier.verify([head]);
    expect(problems.map(({ kind }) => kind)).toEqual(['cut']);
  });

  it('finds nothing after more was written', async () => {
    const { head } = await verifier.verify();
    await record();

    expect((await verifier.verify([head])).problems).toEqual([]);
  });
});

describe('AuditWatch', () => {
  let dataDir: string;
  let errors: unknown[];
  let watch: AuditWatch;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'myx-audit-watch-'));
    errors = [];
    const logger = pino({}, { write: (line: string) => errors.push(JSON.parse(line)) });
    const config = ManagerConfig.parse({ data_dir: dataDir });
    watch = new AuditWatch(config, logger, new AuditRepository(dataSource));
  });

  afterEach(() => rm(dataDir, { recursive: true }));

  it('notes the head as the log grows', async () => {
    const checkpoint = new AuditCheckpoint(dataDir);
    await watch.note();
    expect(await checkpoint.read()).toBeNull();
    for (const seq of [1n, 2n]) {
      await record();
      await watch.note();
      expect((await checkpoint.read())?.seq).toBe(seq);
    }
    await watch.note();

    expect(errors).toEqual([]);
  });

  it('reports a cut log and keeps the note that proves it', async () => {
    for (let index = 0; index < 3; index += 1) await record();
    await watch.note();
    await tamper(
      'DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_chain WHERE seq = 3)',
      'DELETE FROM audit_chain WHERE seq = 3',
    );
    for (let index = 0; index < 4; index += 1) await record();
    await watch.note();

    expect(errors).toEqual([expect.objectContaining({ msg: expect.stringContaining('was cut') })]);
    expect((await new AuditCheckpoint(dataDir).read())?.seq).toBe(3n);
  });
});

describe('listing', () => {
  it('pages from the latest to the first without losing or repeating one', async () => {
    for (let index = 0; index < 7; index += 1) await record({ details: { index } });
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await audit.list({}, 3, cursor);
      seen.push(...page.items.map(({ event }) => ({ ...event.details })));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);

    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => ({ index })));
  });

  it('narrows by every filter, and by all of them together', async () => {
    const id = randomUUID();
    const object = { type: 'server', id, name: 'web' };
    await record();
    await record({
      actor: { ...ADA, id: 'u-bob', name: 'bob', correlationId: 'c-2' },
      action: 'server.delete',
      object,
      outcome: 'denied',
    });
    const only = {
      actor: 'bob',
      action: 'server.delete',
      objectType: 'server',
      objectId: id,
      outcome: 'denied' as const,
      correlationId: 'c-2',
      from: new Date(Date.now() - 60_000),
      to: new Date(Date.now() + 60_000),
    };

    for (const [name, value] of [...Object.entries(only), ['actor', 'u-bob'] as const]) {
      const { items } = await audit.list({ [name]: value }, 10);
      const all =
        name === 'from' || name === 'to' ? ['server.delete', 'server.create'] : ['server.delete'];
      expect(items.map(({ event }) => event.action)).toEqual(all);
    }
    expect((await audit.list(only, 10)).items).toHaveLength(1);
    expect((await audit.list({ ...only, actor: 'ada' }, 10)).items).toEqual([]);
    expect((await audit.list({ to: only.from }, 10)).items).toEqual([]);
    expect((await audit.list({ from: only.to }, 10)).items).toEqual([]);
  });

  it('refuses a made-up cursor', async () => {
    const cursor = Buffer.from('["yesterday"]').toString('base64url');

    await expect(audit.list({}, 10, cursor)).rejects.toThrow('The cursor is not valid');
  });
});
