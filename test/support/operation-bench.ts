import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach } from '@jest/globals';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { AUDIT_ENTITIES } from '../../backend/src/audit/index.ts';
import { MIGRATIONS } from '../../backend/src/migrations/index.ts';
import { insertBatch } from '../../backend/src/operations/operation-batches.ts';
import type { BatchTerms } from '../../backend/src/operations/operation-batches.ts';
import { OPERATIONS_ENTITIES } from '../../backend/src/operations/operation.entity.ts';
import type { Operation } from '../../backend/src/operations/operation.entity.ts';
import type { OperationEngine } from '../../backend/src/operations/operations.engine.ts';
import { OperationsRepository } from '../../backend/src/operations/operations.repository.ts';
import type { NewOperation } from '../../backend/src/operations/operations.repository.ts';
import { TransactionRunner } from '../../backend/src/platform/database/index.ts';
import { SERVERS_ENTITIES } from '../../backend/src/servers/index.ts';
import { eventually } from './eventually.ts';
import { hostOperation, openEngine } from './operation-host.ts';
import type { HostOperationOptions } from './operation-host.ts';
import { openTestDatabase } from './test-database.ts';
import type { TestDatabase } from './test-database.ts';

const actor = {
  kind: 'system',
  id: 'system',
  name: 'system',
  role: 'admin',
  address: null,
  correlationId: 'spec',
} as const;

/** A real database with a server, a directory that plays its host, and engines that work on it. */
export class OperationBench {
  database!: TestDatabase;
  repository!: OperationsRepository;
  transactions!: TransactionRunner;
  /** Fresh for every test. */
  directory = '';
  /** Fresh for every test. */
  serverId = '';
  private readonly engines: OperationEngine[] = [];

  /** A bench for the calling spec file, opened and closed with it. */
  static forSpec(): OperationBench {
    const bench = new OperationBench();
    beforeAll(() => bench.open(), 180_000);
    beforeEach(() => bench.renew());
    afterEach(() => bench.clear());
    return bench;
  }

  get dataSource(): DataSource {
    return this.database.dataSource;
  }

  /** Stores an operation of three steps; nobody works on it yet. */
  anOperation(change: Partial<NewOperation> = {}): Promise<string> {
    const { directory, serverId } = this;
    return this.dataSource.transaction((manager) =>
      this.repository.insert(manager, {
        type: 'host_operation',
        serverId,
        serverName: 'one',
        params: {},
        actor,
        steps: hostOperation({ directory }).steps,
        ...change,
      }),
    );
  }

  /** Stores a batch of operations, each on a server of its own; nobody works on them yet. */
  async aBatch(
    size: number,
    terms: BatchTerms,
    change: Partial<NewOperation> = {},
  ): Promise<{ batchId: string; ids: string[] }> {
    const batchId = await this.dataSource.transaction((manager) => insertBatch(manager, terms));
    const ids: string[] = [];
    for (let index = 0; index < size; index += 1) {
      const serverId = await this.aServer();
      const serverName = `server-${String(index)}`;
      ids.push(await this.anOperation({ serverId, serverName, batchId, ...change }));
    }
    return { batchId, ids };
  }

  engineWith(
    options: Partial<HostOperationOptions> = {},
    { concurrency = 8 } = {},
  ): OperationEngine {
    const engine = openEngine(this.dataSource, { leaseSeconds: 30, concurrency });
    engine.register(hostOperation({ directory: this.directory, ...options }));
    this.engines.push(engine);
    return engine;
  }

  async operation(id: string): Promise<Operation> {
    const row = await this.repository.find(id);
    if (!row) throw new Error('the operation is gone');
    return row;
  }

  /** The operation once it ended, whoever worked on it: an engine looks for work by itself, too. */
  ended(id: string): Promise<Operation> {
    return eventually('the operation ends', async () => {
      const operation = await this.operation(id);
      const goesOn = operation.state === 'pending' || operation.state === 'running';
      return goesOn ? undefined : operation;
    });
  }

  async statesOf(id: string): Promise<string[]> {
    return (await this.repository.steps(id)).map(({ state }) => state);
  }

  private async open(): Promise<void> {
    this.database = await openTestDatabase({
      entities: [...AUDIT_ENTITIES, ...SERVERS_ENTITIES, ...OPERATIONS_ENTITIES],
      migrations: MIGRATIONS,
    });
    this.repository = new OperationsRepository(this.dataSource);
    this.transactions = new TransactionRunner(this.dataSource, pino({ level: 'silent' }));
  }

  private async renew(): Promise<void> {
    this.directory = mkdtempSync(path.join(tmpdir(), 'myx-operations-'));
    this.serverId = await this.aServer();
  }

  private async aServer(): Promise<string> {
    const [row] = await this.dataSource.query<{ id: string }[]>(
      `INSERT INTO servers (id, name, host, connection, status, status_since, created_at, updated_at)
       VALUES (gen_random_uuid(), gen_random_uuid(), 'localhost', 'local', 'new', now(), now(), now())
       RETURNING id`,
    );
    return row!.id;
  }

  private async clear(): Promise<void> {
    await Promise.all(this.engines.splice(0).map((engine) => engine.beforeApplicationShutdown()));
    // The engines of the next test would go on with what this one left, in the next one's directory.
    await this.dataSource.query('DELETE FROM operations');
    rmSync(this.directory, { recursive: true });
  }
}
