import { expect, test } from './fleet.fixture.ts';

test('one script on two servers by their label: results by server, and what runs is cancelled', async ({
  console: page,
  fleet,
  look,
}) => {
  await fleet.addServer(1, { name: 'run-1', labels: { team: 'blue' } });
  await fleet.addServer(2, { name: 'run-2', labels: { team: 'blue' } });
  await page.goto(`${fleet.manager.url}/commands`);
  await page.getByRole('link', { name: 'Run a command' }).click();
  await page.getByRole('button', { name: 'By labels' }).click();
  await page.getByRole('button', { name: /team=blue/ }).click();
  await expect(page.getByText('Runs on 2 servers: run-1, run-2.')).toBeVisible();
  await page.getByRole('button', { name: 'Script' }).click();
  await page
    .getByLabel('Script', { exact: true })
    .fill('[ "$(hostname)" = h1 ] && exit 3; for n in $(seq 1 900); do echo "n $n"; sleep 1; done');
  await page.getByRole('button', { name: 'Run on 2 servers' }).click();

  await expect(page.getByRole('heading', { name: 'Run on 2 servers' })).toBeVisible();
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await expect(row('run-1')).toContainText('Failed');
  await expect(row('run-1')).toContainText('3');
  await expect(row('run-2')).toContainText('Running');
  await row('run-2').click();
  await expect(page.locator('app-command-panel .xterm-rows')).toContainText('n 2');
  await look(page, 'run-live');

  await test.step('it is found again after a reload', async () => {
    await page.reload();
    await expect(page.locator('app-command-panel .xterm-rows')).toContainText('n 3');
  });
  await page.getByRole('button', { name: 'Cancel what runs' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel what runs' }).click();
  await expect(row('run-2')).toContainText('Cancelled');

  await test.step('and among all commands by its result', async () => {
    await page.goto(`${fleet.manager.url}/commands?state=cancelled`);
    await expect(row('run-2')).toContainText('Cancelled');
    await expect(row('run-1')).toHaveCount(0);
  });
});

test('a repair is followed from the tray, left, and found again', async ({
  console: page,
  fleet,
  look,
}) => {
  const id = await fleet.addServer(1, { name: 'repaired' });
  await page.goto(`${fleet.manager.url}/health`);
  const { id: operationId } = await fleet.api.post<{ id: string }>(
    `/api/v1/servers/${id}/operations`,
    { type: 'repair_agent' },
  );

  await page.getByRole('button', { name: /^Operations:/ }).click();
  const tray = page.getByRole('dialog', { name: 'Operations' });
  // Other servers were repaired before.
  const repair = tray.locator(`a[href$="/operations/${operationId}"]`);
  await expect(repair).toContainText('Repair the agent');
  await look(page, 'tray');
  await repair.click();
  await expect(page).toHaveURL(new RegExp(`/operations/${operationId}$`));
  await expect(page.locator('app-operation-progress')).toContainText('Succeeded');

  await page.getByRole('link', { name: 'All operations' }).click();
  await expect(
    page.getByRole('row').filter({ hasText: 'repaired' }).filter({ hasText: 'Repair the agent' }),
  ).toContainText('Succeeded');
});
