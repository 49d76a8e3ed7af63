/** Holds an embedded PostgreSQL for a data directory until it is killed: `<data dir> [<setting>=<value> ...]`. */
import { pino } from 'pino';

import { EmbeddedPostgres } from '../../backend/src/platform/database/embedded-postgres.ts';

const [dataDir = '', ...settings] = process.argv.slice(2);
const server = new EmbeddedPostgres({
  dataDir,
  logger: pino({ level: 'silent' }),
  settings: Object.fromEntries(settings.map((setting) => setting.split('=', 2))) as Record<
    string,
    string
  >,
});
try {
  await server.start();
  console.log(`ready ${server.status().pid ?? 0}`);
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(`refused ${(error as Error).message.replaceAll('\n', ' ')}`);
}
