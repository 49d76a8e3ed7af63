import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RoutePermissions } from '../auth/index.js';
import { describeConfig, loadConfig } from '../platform/config/index.js';
import { dumpSchema } from '../platform/database/index.js';
import { errorCatalogue } from '../platform/errors/index.js';
import { createLogger } from '../platform/logging/index.js';
import { createManager } from './manager.js';
import { describeApi } from './openapi.js';
import { openResources } from './resources.js';

/**
 * Makes every document that follows from the code, by path from the repository's root. The manager is
 * really built, over a database of its own in a temporary directory.
 */
export async function generateDocuments(): Promise<ReadonlyMap<string, string>> {
  const directory = await mkdtemp(path.join(tmpdir(), 'myx-generate-'));
  const config = loadConfig({ argv: [], env: { MYX_DATA_DIR: directory }, cwd: directory });
  const resources = await openResources(config, createLogger({ level: 'warn', format: 'pretty' }));
  try {
    const app = await createManager(resources);
    await app.init();
    const documents = new Map([
      ['backend/openapi.json', json(describeApi(app))],
      ['backend/route-permissions.json', json(app.get(RoutePermissions).list())],
      ['backend/schema.sql', await dumpSchema(resources.dataSource)],
      ['docs/errors.md', errorsPage()],
      ['docs/configuration.md', configurationPage()],
    ]);
    await app.close();
    return documents;
  } finally {
    await resources.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Writes {@link generateDocuments} into the repository at `root`. */
export async function writeDocuments(root: string): Promise<void> {
  for (const [name, content] of await generateDocuments()) {
    await writeFile(path.join(root, name), content);
    process.stdout.write(`wrote ${name}\n`);
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function errorsPage(): string {
  const rows = errorCatalogue().map(
    ({ code, name, status, title }) => `| ${code} | \`${name}\` | ${status} | ${title} |`,
  );
  return `# Errors

Every failure is a problem document (RFC 9457, \`application/problem+json\`): \`name\` and \`code\` are stable, \`detail\`
says what happened this time and what to do, \`correlation_id\` finds the request in the manager's log and in the
audit log. An \`invalid_request\` lists every path and message in \`errors\`.

1xxx request and authentication, 2xxx servers and jobs, 3xxx versions, 5xxx internal. This page is made from the
code by \`npm run generate\`.

| code | name | HTTP status | meaning |
| ---: | --- | ---: | --- |
${rows.join('\n')}
`;
}

function configurationPage(): string {
  const rows = describeConfig().map(
    ({ key, env, secret, default: fallback, description }) =>
      `| \`${key}\` | \`${env}\`${secret ? ` or \`${env}_FILE\`` : ''} | ${fallback === undefined ? 'none' : `\`${fallback}\``} | ${description} |`,
  );
  return `# Configuration

Command line (\`--listen-port 9000\`) > environment > YAML file > defaults. The YAML file is \`--config\` or
\`MYX_CONFIG\`, else \`config.yaml\` in the data directory, else \`./myx.yaml\`; its keys nest at the dots. Secrets are not
taken from the command line. \`DATABASE_URL\` and \`REDIS_URL\` (and their \`_FILE\`) work as well. This page is made from
the code by \`npm run generate\`.

| key | environment | default | what it is |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
