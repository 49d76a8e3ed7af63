import { addServer, fillLogin } from './add-server.ts';
import { expect, test } from './fleet.fixture.ts';

test('a wrong password is told, corrected in place and tried again', async ({
  console: page,
  fleet,
  look,
}) => {
  const { password } = fleet.lab.users.admin;
  await page.goto(`${fleet.manager.url}/servers/add`);
  await addServer(page, fleet.lab.host(1), {
    name: 'mistyped',
    login: { user: 'admin', password: 'not the password' },
  });

  await expect(page.getByRole('alert')).toContainText('SSH login');
  await look(page, 'installation-wrong-password');
  await page.getByRole('button', { name: 'Change the login' }).click();
  await fillLogin(page, { user: 'admin', password });
  await page.getByRole('button', { name: 'Save and try again' }).click();

  await expect(page.getByText('mistyped is managed now')).toBeVisible();
});

test('a blocked port is named, and the installation goes on once it is open', async ({
  console: page,
  fleet,
  look,
}) => {
  const host = fleet.lab.host(2);
  const key = fleet.lab.users.deploy.keys.ed25519.privateKey;
  // Nobody knows yet where the agent will listen.
  await host.blockAllBut(host.sshPort, 'reject');
  try {
    await page.goto(`${fleet.manager.url}/servers/add`);
    await addServer(page, host, { name: 'walled', login: { user: 'deploy', key } });
    await expect(page.getByRole('alert')).toContainText('Wait for the agent to answer');
    await expect(page.getByRole('alert')).toContainText('network');
    await look(page, 'installation-blocked');

    // It is found again after a reload.
    await page.reload();
    await expect(page.getByRole('button', { name: 'Retry from this step' })).toBeVisible();
  } finally {
    await host.heal();
  }

  await page.getByRole('button', { name: 'Retry from this step' }).click();
  await expect(page.getByText('walled is managed now')).toBeVisible();
});

test('a server is reached through a jump host, whose key is compared before its own', async ({
  console: page,
  fleet,
  look,
}) => {
  const [through, host] = [fleet.lab.host(1), fleet.lab.host(3)];
  const login = { user: 'root', key: fleet.lab.users.root.keys.ed25519.privateKey };
  await page.goto(`${fleet.manager.url}/servers/add`);
  await page.getByText('Reach it through a jump host').click();
  const jump = page.getByRole('region', { name: 'Jump host' });
  await jump.getByLabel('Address').fill(through.address);
  await jump.getByRole('button', { name: 'Check the jump host' }).click();
  await jump.getByLabel('Paste what it says').fill(through.hostKeyFingerprint);
  await expect(jump.getByText('The same fingerprint')).toBeVisible();
  await fillLogin(page, login);
  await look(page, 'add-server-jump');
  await addServer(page, host, { name: 'behind', login });

  await expect(page.getByText('behind is managed now')).toBeVisible();
  await page.getByRole('button', { name: /^Connect to the server/ }).click();
  await expect(page.locator('app-operation-progress')).toContainText(`via ${through.address}`);
});

test('many are added from a pasted list, each with its own result', async ({
  console: page,
  fleet,
  look,
}) => {
  const [first, second] = [fleet.lab.host(1), fleet.lab.host(2)];
  await page.goto(`${fleet.manager.url}/servers/add`);
  await page.getByRole('link', { name: 'Add many' }).click();
  await page
    .getByLabel('Servers', { exact: true })
    .fill(`host,name\n${first.address},listed-1\n${second.address},listed-2\nnot a host,nowhere\n`);
  await fillLogin(page, { user: 'admin', password: fleet.lab.users.admin.password });
  await page.getByRole('button', { name: 'Check 2 servers' }).click();
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await expect(row('listed-1')).toContainText(first.hostKeyFingerprint);
  await expect(row('listed-2')).toContainText(second.hostKeyFingerprint);
  await look(page, 'add-many-checked');

  await page.getByLabel('I have compared the fingerprints').check();
  await page.getByRole('button', { name: 'Add 2 servers' }).click();
  await expect(row('listed-1')).toContainText('Online');
  await expect(row('listed-2')).toContainText('Online');
  await expect(row('nowhere')).toContainText('Give a host name');
  await look(page, 'add-many-done');
});
