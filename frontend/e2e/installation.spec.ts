import { eventually } from '../../test/support/eventually.ts';
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

  await expect(page.getByText('mistyped is managed now')).toBeVisible({ timeout: 60_000 });
});

test('a blocked port is named, and the installation goes on once it is open', async ({
  console: page,
  fleet,
  look,
}) => {
  const host = fleet.lab.host(2);
  const key = fleet.lab.users.deploy.keys.ed25519.privateKey;
  await page.goto(`${fleet.manager.url}/servers/add`);
  await addServer(page, host, { name: 'walled', login: { user: 'deploy', key } });
  const operation = page.url().split('/').at(-1) ?? '';
  const port = await eventually('a port is assigned', async () => {
    const log = await fleet.api.get<{ lines: { line: string }[] }>(
      `/api/v1/operations/${operation}/log`,
    );
    const text = log.lines.map(({ line }) => line).join('\n');
    const [, found] = /will listen on port (\d+)/.exec(text) ?? [];
    return found === undefined ? undefined : Number(found);
  });
  await host.block(port, 'reject');
  try {
    await expect(page.getByRole('alert')).toContainText('Wait for the agent to answer', {
      timeout: 90_000,
    });
    await expect(page.getByRole('alert')).toContainText('network');
    await look(page, 'installation-blocked');

    // It is found again after a reload.
    await page.reload();
    await expect(page.getByRole('button', { name: 'Retry from this step' })).toBeVisible();
  } finally {
    await host.heal();
  }

  await page.getByRole('button', { name: 'Retry from this step' }).click();
  await expect(page.getByText('walled is managed now')).toBeVisible({ timeout: 90_000 });
});
