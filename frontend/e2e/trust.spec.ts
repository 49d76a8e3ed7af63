import { fillLogin } from './add-server.ts';
import { expect, noteOn, test } from './fleet.fixture.ts';
import { checkPage } from './looks.ts';

test('a changed host key stops the manager until somebody has compared and accepted it', async ({
  console: page,
  fleet,
  look,
}) => {
  const host = fleet.lab.host(2);
  const id = await fleet.addServer(2, { name: 'reinstalled' });
  await host.regenerateHostKeys();
  await page.goto(`${fleet.manager.url}/servers/${id}/settings`);

  await page.getByRole('button', { name: 'Repair the agent' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Repair the agent' }).click();
  await expect(page.locator('app-operation-progress')).toContainText('SSH host key');
  await expect(page.locator('ui-page-header')).toContainText('Host key changed');
  await look(page, 'host-key-changed');

  await page.getByRole('link', { name: 'Review and accept' }).first().click();
  const pin = (what: string) => page.locator('app-trust-item').filter({ hasText: what });
  await pin('SSH host key').getByRole('button', { name: 'Compare now' }).click();
  await expect(page.getByText('presents another one than the pinned')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Accept and pin' })).toBeDisabled();
  await page.getByLabel('Paste what it says').fill(`256 SHA256:${'A'.repeat(43)} root (ED25519)`);
  await expect(page.getByRole('alert').filter({ hasText: 'Not the same' })).toBeVisible();
  const said = await host.mustExec(['ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub']);
  await page.getByLabel('Paste what it says').fill(said.trim());
  await look(page, 'host-key-compared');
  await page.getByRole('button', { name: 'Accept and pin' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Accept and pin' }).click();

  await expect(noteOn(page, 'Pinned: SSH host key.')).toBeVisible();
  await expect(page.locator('ui-page-header')).toContainText('Online');
  const certificate = pin('Certificate of the agent');
  await certificate.getByRole('button', { name: 'Compare now' }).click();
  await expect(certificate).toContainText('The server presents the pinned one');
});

test('a server without a login gets one once its host key is compared, and is repaired by it', async ({
  console: page,
  fleet,
  look,
}) => {
  const host = fleet.lab.host(1);
  const id = await fleet.addServer(1, { name: 'without-login' });
  // As it is after a registration: the manager knows the agent, and no way in over SSH.
  await fleet.manager.sql(
    `UPDATE servers SET connection = 'registered', credential_id = NULL, ssh_port = NULL,
       host_key_fingerprint = NULL, host_key_algorithm = NULL WHERE id = '${id}'`,
  );
  await page.goto(`${fleet.manager.url}/servers/${id}/settings`);
  const card = page.locator('app-login-card');
  await expect(card).toContainText('It has no SSH login.');
  await expect(page.locator('app-agent-card')).toContainText('MyX works on the agent over SSH');
  await expect(page.getByRole('button', { name: 'Repair the agent' })).toHaveCount(0);
  await card.getByRole('button', { name: 'Add a login' }).click();

  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Port').fill(String(host.sshPort));
  await dialog.getByRole('button', { name: 'Check the host key' }).click();
  await expect(dialog.getByText('Is this your server?')).toBeVisible();
  await expect(dialog.locator('app-ssh-login-fields')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Store the login' }).click();
  await expect(dialog.getByText('Compare the fingerprint first.')).toBeVisible();
  await look(page, 'login-host-key');
  const said = await host.mustExec(['ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub']);
  await dialog.getByLabel('Paste what it says').fill(said.trim());
  await fillLogin(page, { user: 'root', key: host.users.root.keys.ed25519.privateKey });
  await checkPage(page);
  await look(page, 'login-added');
  await dialog.getByRole('button', { name: 'Store the login' }).click();

  await expect(noteOn(page, 'The login was stored.')).toBeVisible();
  await expect(card).toContainText('root');
  await expect(page.locator('app-trust-item').first()).toContainText(host.hostKeyFingerprint);
  await page.getByRole('button', { name: 'Repair the agent' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Repair the agent' }).click();
  await expect(page.locator('app-operation-progress')).toContainText('Succeeded');
});

test('removing a server names it, says what goes, and leaves nothing on the host', async ({
  console: page,
  fleet,
}) => {
  const host = fleet.lab.host(3);
  const id = await fleet.addServer(3, { name: 'leaving' });
  await page.goto(`${fleet.manager.url}/servers/${id}/settings`);
  await page.locator('app-removal-card').getByRole('button', { name: 'Remove' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Remove leaving?');
  await expect(dialog).toContainText('the agent with its service');
  await expect(dialog.getByRole('button', { name: 'Remove server' })).toBeDisabled();

  await dialog.getByLabel('Type leaving to confirm').fill('leaving');
  await dialog.getByRole('button', { name: 'Remove server' }).click();

  await expect(page.getByRole('heading', { name: 'leaving was removed' })).toBeVisible();
  const { code } = await host.exec(['test', '-e', '/opt/myx-agent']);
  expect(code).toBe(1);
});
