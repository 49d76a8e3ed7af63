import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test as base } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { Fleet } from '../../test/support/fleet.ts';

/** Milliseconds by which every answer to the browser is held back: what a journey forgets to wait for shows. */
const HELD_BACK_MS = Number(process.env.JOURNEYS_HELD_BACK_MS ?? '0');
/** How many times slower than this machine the browser's pages are to be; 1 is as fast as they are. */
const SLOWED_TIMES = Number(process.env.JOURNEYS_SLOWED_TIMES ?? '1');
const screenshots = path.join(import.meta.dirname, '../screenshots');

/** What a journey may use. */
interface Journey {
  /** The fleet, from which what was added is removed afterwards. */
  readonly tidied: Fleet;
  /** The console of the tidied fleet, signed in as the administrator. */
  readonly console: Page;
  /** Writes what is on screen to the folder of screenshots, to be looked at. */
  readonly look: (page: Page, name: string) => Promise<void>;
  /** A manager that nobody has set up and that finds no systemd on its machine, and two hosts. */
  readonly newFleet: Fleet;
}

interface Machines {
  /**
   * A manager with an administrator, and three hosts, of which the second and the third have Ansible. Started at
   * the first use, shared by all journeys.
   */
  readonly fleet: Fleet;
  /** Where the manager looks for Xray releases beyond its own; a journey that needs some writes it. */
  readonly xrayReleases: string;
}

/** Playwright's test with a real manager and real hosts. Everything it starts ends with the worker. */
export const test = base.extend<Journey, Machines>({
  context: async ({ context }, use) => {
    if (HELD_BACK_MS > 0) {
      await context.route('**/*', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, HELD_BACK_MS));
        // The page may have been left meanwhile.
        await route.continue().catch(() => undefined);
      });
    }
    await use(context);
  },
  page: async ({ page }, use) => {
    if (SLOWED_TIMES > 1) {
      const session = await page.context().newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWED_TIMES });
    }
    await use(page);
  },
  xrayReleases: [
    async ({}, use) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'myx-journeys-'));
      await use(path.join(folder, 'xray-releases.json'));
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  fleet: [
    async ({ xrayReleases }, use) => {
      const fleet = await Fleet.open({
        hosts: [{}, { ansible: true }, { ansible: true }],
        env: {
          // What does not answer is given up on before the journey is.
          MYX_INSTALL_RPC_TIMEOUT_SECONDS: '20',
          MYX_HEARTBEAT_TIMEOUT_SECONDS: '3',
          MYX_XRAY_RELEASES_FILE: xrayReleases,
        },
      });
      await use(fleet);
      await fleet.close();
    },
    { scope: 'worker', timeout: 900_000 },
  ],
  newFleet: [
    async ({}, use) => {
      const fleet = await Fleet.open({ hosts: 2, firstStart: true, hidesSystemd: true });
      await use(fleet);
      await fleet.close();
    },
    { timeout: 900_000 },
  ],
  tidied: async ({ fleet }, use) => {
    await use(fleet);
    await removeServers(fleet);
  },
  console: async ({ page, tidied }, use) => {
    const { url, administrator } = tidied.manager;
    // How signing in looks has a journey of its own.
    const answer = await page.request.post(`${url}/api/v1/session`, {
      headers: { origin: url },
      data: administrator,
    });
    expect(answer.ok()).toBe(true);
    await page.goto(url);
    await expect(page.getByRole('heading', { name: 'Servers', level: 1 })).toBeVisible();
    await use(page);
  },
  look: async ({}, use) => {
    await use(async (page, name) => {
      await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
    });
  },
});

/** Leaves hosts as they were found, so that journeys go in any order. Their commands end with them. */
async function removeServers(fleet: Fleet): Promise<void> {
  const { items } = await fleet.api.get<{ items: { id: string; connection: string }[] }>(
    '/api/v1/servers?limit=500',
  );
  const operations = await Promise.all(
    items.map(({ id, connection }) => {
      // Without a login there is no way to uninstall anything.
      const how = connection === 'registered' ? 'uninstall=false' : 'force=true';
      return fleet.api.delete<{ operation_id: string | null }>(`/api/v1/servers/${id}?${how}`);
    }),
  );
  for (const { operation_id: id } of operations) {
    if (id !== null) await fleet.operationEnded(id);
  }
}

/** What a note at the edge of the screen says; screen readers are told the same from elsewhere. */
export function noteOn(page: Page, text: string): Locator {
  return page.getByRole('region', { name: 'Notes' }).getByText(text);
}

export { expect };
