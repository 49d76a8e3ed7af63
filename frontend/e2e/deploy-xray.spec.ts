import type { Page } from '@playwright/test';
import { makeCertificate } from '../../test/support/test-certificates.ts';
import { serveTlsSite } from '../../test/support/local-services.ts';
import { startXrayMirror } from '../../test/support/xray-mirror.ts';
import { testXrayRelease } from '../../test/support/xray-release.ts';
import { expect, test } from './fleet.fixture.ts';
import { checkPage, lookAtPages } from './looks.ts';
import { readQrOnScreen } from './qr-on-screen.ts';

// The first build of Xray on a machine takes minutes.
test.describe.configure({ timeout: 1_800_000 });

const SITE = 'site.example.com';

/** An operation on the host may take its time on a busy machine. */
const APPLIED = { timeout: 300_000 };

/** From the services of a server through the wizard to the page of the deployment. */
async function deployXray(page: Page, target: string): Promise<void> {
  await page.getByRole('link', { name: 'Add a service' }).click();
  await page.getByText('Xray', { exact: true }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('On exit-1.')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  const way = page.getByRole('group', { name: 'Ways in 1' });
  await way.getByLabel('Camouflage target').fill(target);
  await way.getByRole('button', { name: 'More options' }).click();
  await way.getByRole('button', { name: 'Add: Name' }).click();
  await way.getByRole('textbox', { name: 'Name 1' }).fill(SITE);
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await page.getByRole('button', { name: 'Apply on 1 server' }).click();
  await page.getByRole('link', { name: 'Open the deployment' }).click();
  await expect(page.locator('ui-page-header')).toContainText('Healthy', APPLIED);
}

test('Xray: deployed, a client added, its QR code scanned, rolled back and uninstalled', async ({
  console: page,
  fleet,
  xrayReleases,
  look,
}) => {
  const { url } = fleet.manager;
  const { managerAddress } = fleet.lab;
  const mirror = await startXrayMirror([await testXrayRelease()]);
  mirror.writeReleasesFile(xrayReleases);
  const site = await serveTlsSite(makeCertificate({ commonName: SITE }), managerAddress);
  const server = await fleet.addServer(3, { name: 'exit-1' });
  const header = page.locator('ui-page-header');
  const clients = page.locator('app-xray-client-row');
  try {
    await test.step('deploy', async () => {
      await page.goto(`${url}/servers/${server}/services`);
      await expect(page.getByText('No service is deployed here yet')).toBeVisible();
      await checkPage(page);
      await deployXray(page, `${managerAddress}:${String(site.port)}`);
    });
    const id = /\/deployments\/([^/]+)/.exec(page.url())?.[1] ?? '';

    await test.step('add a client and scan its code', async () => {
      await page.getByRole('link', { name: 'Clients' }).click();
      await page.getByRole('button', { name: 'Add a client' }).click();
      await page.getByLabel('Name').fill('phone');
      await page.getByRole('dialog').getByRole('button', { name: 'Add a client' }).click();
      const links = page.getByRole('dialog', { name: 'How phone connects' });
      const link = await links.getByRole('region', { name: 'Share link' }).innerText();
      expect(link).toMatch(/^vless:\/\//);
      const code = links.getByRole('img', { name: 'QR code of the share link of phone' });
      await expect.poll(() => readQrOnScreen(code)).toBe(link);
      // The dialog says that the link does not work yet, until the change is applied.
      await expect(header).toContainText('Healthy', APPLIED);
      await expect(links).not.toContainText('not applied yet');
      await links.getByRole('button', { name: 'Make an address' }).click();
      const address = await links.getByRole('region', { name: 'Subscription' }).innerText();
      expect(await (await fetch(`${address}?format=links`)).text()).toContain(link);
      await checkPage(page);
      await look(page, 'xray-links');
      await page.keyboard.press('Escape');
      await expect(clients).toHaveCount(1);
    });

    await test.step('look at every tab', async () => {
      const tab = (name: string): string => `/deployments/${id}/${name}`;
      await lookAtPages(page, look, {
        url,
        pages: [
          { name: 'server-services', path: `/servers/${server}/services`, ready: 'app-state-time' },
          { name: 'deployment', path: tab('overview'), ready: 'ui-step' },
          { name: 'deployment-clients', path: tab('clients'), ready: 'app-xray-client-row' },
          { name: 'deployment-config', path: tab('configuration'), ready: 'main input' },
          { name: 'deployment-history', path: tab('history'), ready: 'app-version-row' },
        ],
      });
    });

    await test.step('roll back', async () => {
      await page.getByRole('button', { name: 'Roll back to version 1' }).click();
      const question = page.getByRole('dialog');
      await expect(question).toContainText('Roll Xray on exit-1 back to version 1?');
      await expect(question.locator('del').filter({ hasText: 'phone' }).first()).toBeVisible();
      await checkPage(page);
      await look(page, 'deployment-rollback');
      await question.getByRole('button', { name: 'Roll back to version 1' }).click();
      await expect(page).toHaveURL(/\/overview$/);
      await expect(header).toContainText('Healthy', APPLIED);
      await expect(header).toContainText('version 3');
      await page.getByRole('link', { name: 'Clients' }).click();
      await expect(page.getByText('Nobody can connect yet')).toBeVisible();
    });

    await test.step('uninstall', async () => {
      await page.getByRole('button', { name: 'More actions for Xray on exit-1' }).click();
      await page.getByRole('menuitem', { name: 'Uninstall…' }).click();
      const question = page.getByRole('dialog');
      await checkPage(page);
      await look(page, 'deployment-uninstall');
      await question.getByRole('button', { name: 'Uninstall Xray' }).click();
      const gone = page.getByRole('heading', { name: 'Xray was uninstalled from exit-1' });
      await expect(gone).toBeVisible(APPLIED);
      const { stdout } = await fleet.lab.host(3).exec(['systemctl', 'is-active', 'myx-xray']);
      expect(stdout.trim()).not.toBe('active');
    });
  } finally {
    await site.close();
    await mirror.close();
  }
});
