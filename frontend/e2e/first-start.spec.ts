import { addServer } from './add-server.ts';
import { expect, test } from './fleet.fixture.ts';

const PASSWORD = 'correct horse battery staple';

test('from the setup code to the output of a first command', async ({ page, newFleet, look }) => {
  const { manager, lab } = newFleet;
  await page.goto(manager.url);

  await page.getByLabel('Setup code').fill(await manager.setupCode());
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Repeat the password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await expect(page.getByText('No servers yet')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Manage this machine' })).toBeVisible();
  await look(page, 'servers-empty');

  await test.step('add one by key', async () => {
    await page.getByRole('link', { name: 'Add a server' }).click();
    const key = lab.users.root.keys.ed25519.privateKey;
    await addServer(page, lab.host(1), {
      name: 'web-1',
      labels: 'env=production role=web',
      login: { user: 'root', key },
    });
    await expect(page.getByText('web-1 is managed now')).toBeVisible({ timeout: 60_000 });
    await look(page, 'installation-done');
  });

  await test.step('run a first command and watch it', async () => {
    await page.getByRole('link', { name: 'Run a first command' }).click();
    await page.getByLabel('Program and arguments').fill('echo "hello from" web-1');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.locator('app-command-panel')).toContainText('Succeeded');
    await expect(page.locator('app-command-panel .xterm-rows')).toContainText('hello from web-1');
    await expect(page.locator('app-command-panel')).toContainText('exit 0');
    await look(page, 'first-command');
  });

  await test.step('add another by password, with sudo', async () => {
    await page.getByRole('link', { name: 'Servers' }).first().click();
    await page.getByRole('link', { name: 'Add a server' }).click();
    const { password } = lab.users.admin;
    await addServer(page, lab.host(2), { name: 'db-1', login: { user: 'admin', password } });
    await expect(page.getByText('db-1 is managed now')).toBeVisible({ timeout: 60_000 });
  });

  await page.getByRole('link', { name: 'Servers' }).first().click();
  await expect(page.getByRole('row').filter({ hasText: 'db-1' })).toContainText('Online');
  await expect(page.getByRole('row').filter({ hasText: 'web-1' })).toContainText('Online');
  await look(page, 'servers');
});
