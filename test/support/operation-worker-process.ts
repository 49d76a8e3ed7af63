/** Works on one operation, to be killed on the way: `<connection> <operation id> <options of the host>`, as JSON. */
import 'reflect-metadata';
import { pino } from 'pino';
import { AUDIT_ENTITIES } from '../../backend/src/audit/audit-event.entity.ts';
import { OPERATIONS_ENTITIES } from '../../backend/src/operations/operation.entity.ts';
import { createDataSource } from '../../backend/src/platform/database/data-source.ts';
import type { DatabaseConnection } from '../../backend/src/platform/database/database-connection.ts';
import { hostOperation, openEngine } from './operation-host.ts';
import type { HostOperationOptions } from './operation-host.ts';

const [connection, operationId, options] = process.argv
  .slice(2)
  .map((text): unknown => JSON.parse(text)) as [DatabaseConnection, string, HostOperationOptions];
const dataSource = createDataSource({
  connection,
  entities: [...AUDIT_ENTITIES, ...OPERATIONS_ENTITIES],
  migrations: [],
  logger: pino({ level: 'silent' }),
  poolSize: 4,
});
await dataSource.initialize();
const engine = openEngine(dataSource, { leaseSeconds: 1 });
engine.register(hostOperation(options));
await engine.work(operationId);
await engine.beforeApplicationShutdown();
await dataSource.destroy();
