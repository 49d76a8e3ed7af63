import { expect, test } from './fleet.fixture.ts';

test('live output goes on after a reload, and a command is cancelled with all its processes', async ({
  console: page,
  fleet,
  look,
}) => {
  const id = await fleet.addServer(3, { name: 'runner' });
  await page.goto(`${fleet.manager.url}/servers/${id}/commands`);

  await page.getByRole('button', { name: 'Script' }).click();
  await page
    .getByLabel('Script', { exact: true })
    .fill('for n in $(seq 1 600); do echo "tick $n"; echo "late $n" >&2; sleep 0.5; done');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const rows = page.locator('app-command-panel .xterm-rows');
  await expect(rows).toContainText('tick 2');
  await expect(rows).toContainText('late 2');

  await page.reload();
  await expect(rows).toContainText('tick 2');
  await expect(rows).toContainText('tick 8');
  await look(page, 'command-live');

  await page.getByRole('button', { name: 'stderr' }).click();
  await expect(rows).toContainText('late 2');
  await expect(rows).not.toContainText('tick');

  await page.locator('app-command-panel').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Cancel the command' }).click();
  await expect(page.getByText('No process of it is left')).toBeVisible();
  await expect(page.locator('app-command-panel')).toContainText('Cancelled');
});

test('a server that is cut off says why, and comes back by itself', async ({
  console: page,
  fleet,
  look,
}) => {
  const { items } = await fleet.api.get<{ items: { id: string; name: string }[] }>(
    '/api/v1/servers?search=runner',
  );
  const id = items[0]?.id ?? (await fleet.addServer(3, { name: 'runner' }));
  await page.goto(`${fleet.manager.url}/servers/${id}`);
  await expect(page.locator('ui-page-header')).toContainText('Online');
  const host = fleet.lab.host(3);
  await host.cut();
  try {
    await expect(page.locator('ui-page-header')).toContainText('Offline', { timeout: 120_000 });
    await expect(page.locator('app-server-cause')).toContainText('Offline: ');
    await look(page, 'server-offline');
  } finally {
    await host.heal();
  }
  await expect(page.locator('ui-page-header')).toContainText('Online', { timeout: 60_000 });
});
