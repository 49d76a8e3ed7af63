import type { Page } from '@playwright/test';
import type { Fleet } from '../../test/support/fleet.ts';
import { serveTlsSite } from '../../test/support/local-services.ts';
import { makeCertificate } from '../../test/support/test-certificates.ts';
import { expect, test } from './fleet.fixture.ts';
import { checkPage, lookAround } from './looks.ts';

// Caddy is installed twice over: once really, and once more by whoever runs this on a busy machine.
test.describe.configure({ timeout: 900_000 });

/** The page that the host serves now. */
async function served(fleet: Fleet): Promise<string> {
  const answer = await fetch(`http://${fleet.lab.host(2).address}/`);
  return answer.text();
}

/** Goes on to the next step of the wizard. */
async function next(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Next', exact: true }).click();
}

/** Takes every deployment away, so that the next journey finds the hosts as they were. */
async function uninstallAll(fleet: Fleet): Promise<void> {
  const { items } = await fleet.api.get<{ items: { id: string; operation_id: string | null }[] }>(
    '/api/v1/deployments',
  );
  for (const { id, operation_id: before } of items) {
    if (before !== null) await fleet.operationEnded(before, 300_000);
    const { operation_id: operation } = await fleet.api.post<{ operation_id: string | null }>(
      `/api/v1/deployments/${id}/uninstall`,
      {},
      [202],
    );
    if (operation !== null) await fleet.operationEnded(operation, 300_000);
  }
}

test('Caddy: deployed by the wizard, changed, and rolled back to the page of before', async ({
  console: page,
  fleet,
  look,
}) => {
  const server = await fleet.addServer(2, { name: 'web-1', labels: { role: 'web' } });
  await fleet.api.post(
    '/api/v1/servers',
    fleet.serverRequest(fleet.lab.host(1), { name: 'bare-1', install: false }),
    [201],
  );
  try {
    await test.step('what and where', async () => {
      await page.getByRole('link', { name: 'Deployments' }).click();
      await expect(page.getByText('No service is deployed yet')).toBeVisible();
      await checkPage(page);
      await look(page, 'deployments-empty');
      await page.getByRole('link', { name: 'Deploy a service' }).click();
      await next(page);
      await expect(page.getByText('Choose a service first.')).toBeVisible();
      await page.getByText('Caddy', { exact: true }).click();
      await lookAround(page, look, 'wizard-kind');
      await next(page);
      await expect(page.getByText('It has no agent.')).toBeVisible();
      await page.getByRole('checkbox', { name: 'Select web-1' }).check();
      await expect(page.getByText('On web-1.')).toBeVisible();
      await lookAround(page, look, 'wizard-servers');
      await next(page);
    });

    await test.step('a Caddyfile of one’s own would be written in an editor', async () => {
      const mode = page.getByLabel('Configuration', { exact: true });
      await mode.selectOption({ label: 'Caddyfile' });
      await page.locator('.cm-content').fill('example.com {\n\trespond hello\n}\n');
      await checkPage(page);
      await look(page, 'wizard-caddyfile');
      await mode.selectOption({ label: 'Sites' });
    });

    await test.step('a form that says what is wrong where it is wrong', async () => {
      const site = page.getByRole('group', { name: 'Sites 1' });
      await site.getByLabel('Certificate').selectOption({ label: 'No TLS (plain HTTP)' });
      await site.getByRole('button', { name: 'Add: Domain' }).click();
      await site.getByRole('textbox', { name: 'Domain 1' }).fill('not a domain');
      await site.getByRole('button', { name: 'Add: Routes' }).click();
      const route = site.getByRole('group', { name: 'Routes 1' });
      await route.getByLabel('What it does').selectOption({ label: 'A page written here' });
      await page.getByRole('button', { name: 'Show the plan' }).click();
      await expect(route.getByText('Fill this in.')).toBeVisible();
      await expect(route.getByLabel('HTML')).toBeFocused();
      await route.getByLabel('HTML').fill('<h1>one</h1>');
      await page.getByRole('button', { name: 'Show the plan' }).click();
      // What only the manager can tell.
      await expect(site.getByRole('textbox', { name: 'Domain 1' })).toBeFocused();
      await expect(site.getByRole('textbox', { name: 'Domain 1' })).toHaveAttribute(
        'aria-invalid',
        'true',
      );
      await lookAround(page, look, 'wizard-form');
      await site.getByRole('button', { name: 'Remove: Domain 1' }).click();
      await page.getByRole('button', { name: 'Show the plan' }).click();
    });

    await test.step('exactly what will be done, found again after a reload', async () => {
      await expect(page.getByText('/etc/caddy/Caddyfile').first()).toBeVisible();
      await page.reload();
      await expect(page.getByRole('heading', { name: 'This will be done' })).toBeVisible();
      await expect(page.getByText('/etc/caddy/Caddyfile').first()).toBeVisible();
      await lookAround(page, look, 'wizard-plan');
      await page.getByRole('button', { name: 'Apply on 1 server' }).click();
    });

    await test.step('live, to a service that answers', async () => {
      await expect(page.getByText('Caddy is being deployed')).toBeVisible();
      await look(page, 'wizard-live');
      await expect(page.getByText('Caddy runs and passed its checks')).toBeVisible({
        timeout: 400_000,
      });
      const address = `http://${fleet.lab.host(2).address}/`;
      await expect(page.getByRole('link', { name: address })).toBeVisible();
      expect(await served(fleet)).toContain('<h1>one</h1>');
      await lookAround(page, look, 'wizard-done');
    });

    await test.step('in the list', async () => {
      await page.getByRole('link', { name: 'All deployments' }).click();
      const row = page.getByRole('row').filter({ hasText: 'web-1' });
      await expect(row).toContainText('Healthy');
      await lookAround(page, look, 'deployments');
      await page.getByRole('searchbox', { name: 'Find by server' }).fill('web-2');
      await expect(page.getByText('No deployment matches.')).toBeVisible();
      await expect(page).toHaveURL(/q=web-2/);
      await page.getByRole('button', { name: 'Show all deployments' }).click();
      await row.click();
    });
    const header = page.locator('ui-page-header');
    await test.step('changed on its own page, by the same form', async () => {
      await expect(header).toContainText('Caddy on web-1');
      await page
        .getByRole('navigation', { name: 'Caddy on web-1' })
        .getByRole('link', { name: 'Configuration' })
        .click();
      await page.getByLabel('HTML').fill('<h1>two</h1>');
      await page.getByRole('button', { name: 'Review changes' }).click();
      await expect(page.locator('ins').filter({ hasText: '<h1>two</h1>' }).first()).toBeVisible();
      await page.getByRole('button', { name: 'Store and apply' }).click();
      await expect(header).toContainText('version 2', { timeout: 400_000 });
      await expect(header).toContainText('Healthy', { timeout: 400_000 });
      expect(await served(fleet)).toContain('<h1>two</h1>');
    });

    await test.step('and back to what it was', async () => {
      await page.getByRole('link', { name: 'History' }).click();
      await page.getByRole('button', { name: 'Roll back to version 1' }).click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: 'Roll back to version 1' })
        .click();
      await expect(header).toContainText('version 3', { timeout: 400_000 });
      await expect(header).toContainText('Healthy', { timeout: 400_000 });
      expect(await served(fleet)).toContain('<h1>one</h1>');
    });

    await test.step('the scan for sites that REALITY can look like fills in its field', async () => {
      const certificate = makeCertificate({ commonName: 'site.example.com' });
      const site = await serveTlsSite(certificate, fleet.lab.managerAddress);
      const target = `${fleet.lab.managerAddress}:${String(site.port)}`;
      try {
        await page.goto(`${fleet.manager.url}/deployments/new?kind=xray&server=${server}`);
        await expect(page.getByText('On web-1.')).toBeVisible();
        await next(page);
        await page.getByRole('button', { name: 'Find targets' }).click();
        const dialog = page.getByRole('dialog', { name: 'Find a camouflage target' });
        await dialog.getByLabel('Sites to look at').fill(target);
        await dialog.getByRole('button', { name: 'Scan', exact: true }).click();
        await expect(dialog.getByText('Sites are expected on port 443.')).toBeVisible();
        await checkPage(page);
        await look(page, 'wizard-scan');
        await dialog.getByRole('button', { name: `Use ${target}` }).click();
        await expect(page.getByLabel('Camouflage target')).toHaveValue(target);
      } finally {
        await site.close();
      }
    });
  } finally {
    await uninstallAll(fleet);
  }
});
