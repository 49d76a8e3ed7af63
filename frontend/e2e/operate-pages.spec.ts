import type { Fleet } from '../../test/support/fleet.ts';
import { expect, test } from './fleet.fixture.ts';
import { LOOKS, checkPage, wear } from './looks.ts';

interface Prepared {
  readonly commandId: string;
  readonly runId: string;
  readonly operationId: string;
}

/** A server with something run and something repaired, for pages that show it. */
async function prepare(fleet: Fleet): Promise<Prepared> {
  const labels = { env: 'production', role: 'web' };
  const id = await fleet.addServer(1, { name: 'watched', labels });
  const command = await fleet.run(id, { command: 'df', args: ['-h'] });
  await fleet.run(id, { command: 'ls', args: ['/nonexistent'] });
  const run = await fleet.api.post<{ id: string }>('/api/v1/runs', {
    command: 'uptime',
    labels: { env: 'production' },
  });
  const operation = await fleet.api.post<{ id: string }>(`/api/v1/servers/${id}/operations`, {
    type: 'repair_agent',
  });
  await fleet.operationEnded(operation.id);
  return { commandId: command.id, runId: run.id, operationId: operation.id };
}

test('every page of watching, running and administering passes axe in every look', async ({
  console: page,
  fleet,
  look,
}) => {
  test.setTimeout(900_000);
  const { commandId, runId, operationId } = await prepare(fleet);
  const pages = [
    ['health', '/health', 'app-board-card'],
    ['health-rows', '/health?view=rows&by=label:env', 'app-board-row'],
    ['wall', '/wall', 'app-board-card'],
    ['topology', '/topology', 'app-topology-map a[data-id]'],
    ['topology-list', '/topology?view=list', 'app-topology-row'],
    ['commands', '/commands', 'app-command-row'],
    ['command', `/commands/${commandId}`, '.xterm-rows'],
    ['runs', '/commands/runs', 'app-run-row'],
    ['run', `/commands/runs/${runId}`, 'app-command-row'],
    ['run-new', '/commands/new', 'app-command-form'],
    ['operations', '/operations', 'app-operation-row'],
    ['operation', `/operations/${operationId}`, 'ui-step'],
    ['audit', '/audit', 'app-audit-row'],
    ['access', '/access', 'app-user-list li'],
    ['settings', '/settings', 'ui-definition'],
  ] as const;
  for (const worn of LOOKS) {
    await wear(page, worn);
    for (const [file, path, ready] of pages) {
      await test.step(`${file}, ${worn.name}`, async () => {
        await page.goto(`${fleet.manager.url}${path}`);
        await expect(page.locator(ready).first()).toBeAttached();
        await checkPage(page);
        await look(page, `${file}-${worn.name}`);
      });
    }
  }
});
