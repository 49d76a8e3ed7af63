import { addServer } from './add-server.ts';
import { expect, test } from './fleet.fixture.ts';
import { lookAtPages } from './looks.ts';

const PASSWORD = 'correct horse battery staple';

test('from the setup code to the output of a first command', async ({ page, newFleet, look }) => {
  const { manager, lab } = newFleet;
  const { url } = manager;

  await test.step('create the administrator', async () => {
    const pages = [{ name: 'start', path: '/start', ready: 'input[type=password]' }];
    await lookAtPages(page, look, { url, pages });
    await page.goto(url);
    await page.getByLabel('Setup code').fill(await manager.setupCode());
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('Repeat the password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await expect(page.getByText('No servers yet')).toBeVisible();
    await look(page, 'servers-empty');
  });

  await test.step('a machine without systemd cannot be managed, and is told why', async () => {
    await page.getByRole('link', { name: 'Manage this machine' }).click();
    await page.getByRole('button', { name: 'Install the agent' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'Agents need systemd' });
    await expect(alert).toContainText('Check the server');
    await expect(page.getByRole('button', { name: 'Retry from this step' })).toBeVisible();
    await look(page, 'installation-local-refused');
    await page.getByRole('link', { name: 'Servers' }).first().click();
    await expect(page.getByRole('row').filter({ hasText: 'manager' })).toContainText('failed');
  });

  await test.step('add one by key', async () => {
    await page.getByRole('link', { name: 'Add a server' }).click();
    const key = lab.users.root.keys.ed25519.privateKey;
    await addServer(page, lab.host(1), {
      name: 'web-1',
      labels: 'env=production role=web',
      login: { user: 'root', key },
    });
    await expect(page.getByText('web-1 is managed now')).toBeVisible();
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
    await expect(page.getByText('db-1 is managed now')).toBeVisible();
  });

  await page.getByRole('link', { name: 'Servers' }).first().click();
  await expect(page.getByRole('row').filter({ hasText: 'db-1' })).toContainText('Online');
  await expect(page.getByRole('row').filter({ hasText: 'web-1' })).toContainText('Online');
  await look(page, 'servers');

  await test.step('sign out, and in again', async () => {
    await page.getByRole('button', { name: /^admin/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Login').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Servers', level: 1 })).toBeVisible();
  });
});
