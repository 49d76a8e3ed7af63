import { expect, noteOn, test } from './fleet.fixture.ts';

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
