import { SimulatedServers } from '../../test/support/simulated-servers.ts';
import type { SimulatedServer } from '../../test/support/simulated-servers.ts';
import type { Fleet } from '../../test/support/fleet.ts';
import { expect, test } from './fleet.fixture.ts';
import { lookAtPages } from './looks.ts';

/** What a company of some size may have. One of them is down. */
const OTHERS: readonly SimulatedServer[] = ['ams', 'fra', 'sgp'].flatMap((zone) =>
  ['web-3', 'web-4', 'web-5', 'cache-1', 'cache-2', 'db-2', 'queue-1', 'edge-1'].map((name) => ({
    name: `${name}.${zone}`,
    labels: { env: zone === 'sgp' ? 'staging' : 'production', role: name.slice(0, -2), zone },
  })),
);
const DOWN = 'edge-1.fra';

/** Three real servers, one of them with something run and something repaired, for pages that show it. */
async function prepare(fleet: Fleet) {
  const [id] = await Promise.all([
    fleet.addServer(1, { name: 'web-1', labels: { env: 'production', role: 'web' } }),
    fleet.addServer(2, { name: 'web-2', labels: { env: 'production', role: 'web' } }),
    fleet.addServer(3, { name: 'db-1', labels: { env: 'staging', role: 'database' } }),
  ]);
  const command = await fleet.run(id, { command: 'df', args: ['-h'] });
  const failed = await fleet.run(id, { command: 'ls', args: ['/nonexistent'] });
  const run = await fleet.api.post<{ id: string }>('/api/v1/runs', {
    command: 'uptime',
    labels: { env: 'production' },
  });
  const operation = await fleet.api.post<{ id: string }>(`/api/v1/servers/${id}/operations`, {
    type: 'repair_agent',
  });
  await fleet.operationEnded(operation.id);
  return {
    server: `/servers/${id}`,
    command: `/commands/${command.id}`,
    failed: `/servers/${id}/commands/${failed.id}`,
    run: `/commands/runs/${run.id}`,
    operation: `/operations/${operation.id}`,
  };
}

test('every page passes axe in every look', async ({ console: page, fleet, look }) => {
  test.setTimeout(1_800_000);
  const { server, command, failed, run, operation } = await prepare(fleet);
  const others = await SimulatedServers.open(fleet.manager, OTHERS);
  await others.stop(DOWN);
  await fleet.serverBecomes(others.ids.get(DOWN) ?? '', 'offline');
  await lookAtPages(page, look, {
    url: fleet.manager.url,
    pages: [
      { name: 'servers', path: '/servers', ready: 'app-server-row' },
      { name: 'add-server', path: '/servers/add', ready: 'main input' },
      { name: 'add-many', path: '/servers/add-many', ready: 'main textarea' },
      { name: 'add-local', path: '/servers/add-local', ready: 'main input' },
      { name: 'server-overview', path: `${server}/overview`, ready: 'app-uptime-card li' },
      { name: 'server-commands', path: failed, ready: '.xterm-rows' },
      { name: 'server-operations', path: `${server}/operations`, ready: 'ui-step' },
      {
        name: 'server-settings',
        path: `${server}/settings`,
        ready: 'app-trust-item ~ app-trust-item',
      },
      {
        name: 'server-missing',
        path: '/servers/00000000-0000-4000-8000-000000000000',
        ready: 'ui-empty-state',
      },
      { name: 'health', path: '/health', ready: 'app-board-tile, app-board-card' },
      { name: 'health-rows', path: '/health?view=rows&by=label:env', ready: 'app-board-row' },
      { name: 'wall', path: '/wall', ready: 'app-board-tile, app-board-card' },
      { name: 'topology', path: '/topology?by=zone', ready: 'app-topology-map a[data-id]' },
      { name: 'topology-list', path: '/topology?view=list', ready: 'app-topology-row' },
      { name: 'commands', path: '/commands', ready: 'app-command-row' },
      { name: 'command', path: command, ready: '.xterm-rows' },
      { name: 'runs', path: '/commands/runs', ready: 'app-run-row' },
      { name: 'run', path: run, ready: 'app-command-row' },
      { name: 'run-new', path: '/commands/new', ready: 'app-command-form' },
      { name: 'operations', path: '/operations', ready: 'app-operation-row' },
      { name: 'operation', path: operation, ready: 'ui-step' },
      { name: 'audit', path: '/audit', ready: 'app-audit-row' },
      { name: 'access', path: '/access', ready: 'app-user-list li' },
      { name: 'settings', path: '/settings', ready: 'ui-definition' },
      { name: 'profile', path: '/profile', ready: 'app-session-list li' },
      { name: 'not-found', path: '/nowhere', ready: 'ui-empty-state' },
    ],
  });
  await others.close();
});

test('signing in passes axe in every look', async ({ page, fleet, look }) => {
  await lookAtPages(page, look, {
    url: fleet.manager.url,
    pages: [{ name: 'sign-in', path: '/sign-in', ready: 'input[type=password]' }],
  });
  await expect(page).toHaveURL(/\/sign-in/);
});
