import path from 'node:path';
import { expect, test as base } from '@playwright/test';
import type { Page } from '@playwright/test';
import { Fleet } from '../../test/support/fleet.ts';

const screenshots = path.join(import.meta.dirname, '../screenshots');

/** What a journey may use. */
interface Journey {
  /** The console, signed in as the administrator. What was added is removed afterwards. */
  readonly console: Page;
  /** Writes what is on screen to the folder of screenshots, to be looked at. */
  readonly look: (page: Page, name: string) => Promise<void>;
}

interface Machines {
  /** A manager with an administrator, and three hosts. Started at the first use, shared by all journeys. */
  readonly fleet: Fleet;
  /** A manager that nobody has set up, and two hosts. */
  readonly newFleet: Fleet;
}

/** Playwright's test with a real manager and real hosts. Everything it starts ends with the worker. */
export const test = base.extend<Journey, Machines>({
  fleet: [
    async ({}, use) => {
      const fleet = await Fleet.open({
        hosts: 3,
        // What does not answer is given up on before the journey is.
        env: { MYX_INSTALL_RPC_TIMEOUT_SECONDS: '30', MYX_HEARTBEAT_TIMEOUT_SECONDS: '3' },
      });
      await use(fleet);
      await fleet.close();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  newFleet: [
    async ({}, use) => {
      const fleet = await Fleet.open({ hosts: 2, firstStart: true });
      await use(fleet);
      await fleet.close();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  console: async ({ page, fleet }, use) => {
    const { login, password } = fleet.manager.administrator;
    await page.goto(fleet.manager.url);
    await page.getByLabel('Login').fill(login);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Servers', level: 1 })).toBeVisible();
    await use(page);
    await removeServers(fleet);
  },
  look: async ({}, use) => {
    await use(async (page, name) => {
      await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
    });
  },
});

/** Leaves hosts as they were found, so that journeys go in any order. Their commands end with them. */
async function removeServers(fleet: Fleet): Promise<void> {
  const { items } = await fleet.api.get<{ items: { id: string }[] }>('/api/v1/servers?limit=500');
  const operations = await Promise.all(
    items.map(({ id }) =>
      fleet.api.delete<{ operation_id: string | null }>(`/api/v1/servers/${id}?force=true`),
    ),
  );
  for (const { operation_id: id } of operations) {
    if (id !== null) await fleet.operationEnded(id);
  }
}

export { expect };
