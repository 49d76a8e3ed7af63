import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { LabHost } from '../../test/lab/index.ts';

/** How a journey logs in to a host. */
export type HostLogin =
  | { readonly user: string; readonly key: string; readonly passphrase?: string }
  | { readonly user: string; readonly password: string };

/** Fills in the login of a server, on the page or in a dialog. */
export async function fillLogin(page: Page, login: HostLogin): Promise<void> {
  const fields = page.locator('app-ssh-login-fields').last();
  await fields.getByLabel('User', { exact: true }).fill(login.user);
  if ('password' in login) {
    await fields.locator('label').filter({ hasText: 'keyboard-interactive' }).click();
    await fields.getByLabel('Password', { exact: true }).fill(login.password);
    return;
  }
  await fields.getByLabel('Private key', { exact: true }).last().fill(login.key);
  if (login.passphrase !== undefined) {
    await fields.getByLabel('Passphrase').fill(login.passphrase);
  }
}

/** Walks through the steps of adding a host, comparing its key with the one on its console. */
export async function addServer(
  page: Page,
  host: LabHost,
  { name, labels = '', login }: { name: string; labels?: string; login: HostLogin },
): Promise<void> {
  // A jump host's address is asked for below; the search of the page before names addresses too.
  const where = page.locator('app-address-step');
  await where.getByLabel('Address').first().fill(host.address);
  await page.getByRole('button', { name: 'Check the address' }).click();
  await expect(page.getByRole('heading', { name: 'Is this your server?' })).toBeFocused();
  const console = await host.mustExec(['ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub']);
  await page.getByLabel('Paste what it says, to compare').fill(console.trim());
  await expect(page.getByText('The same fingerprint')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await fillLogin(page, login);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Labels').fill(labels);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Install the agent' }).click();
  await expect(page).toHaveURL(/\/install\//);
}
