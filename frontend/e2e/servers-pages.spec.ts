import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fleet.fixture.ts';

const LOOKS = [
  { name: 'dark', theme: 'dark', language: 'en', width: 1440, height: 900 },
  { name: 'light', theme: 'light', language: 'en', width: 1440, height: 900 },
  { name: 'narrow', theme: 'light', language: 'en', width: 390, height: 844 },
  { name: 'chinese', theme: 'dark', language: 'zh-CN', width: 1440, height: 900 },
  { name: 'small', theme: 'dark', language: 'zh-CN', width: 360, height: 740 },
] as const;

/** Fails on any violation of WCAG 2.2 AA or of axe's best practices, and when the page scrolls sideways. */
async function check(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect
    .soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`))
    .toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(overflow, 'pixels wider than the screen').toBeLessThanOrEqual(0);
}

test('every page of servers passes axe in every look', async ({ console: page, fleet, look }) => {
  test.setTimeout(400_000);
  const labels = { env: 'production', role: 'web' };
  const id = await fleet.addServer(1, { name: 'looked-at', labels });
  const command = await fleet.run(id, { command: 'sh', args: ['-c', 'echo out; echo err >&2'] });
  const pages = [
    ['servers', '/servers', 'looked-at'],
    ['add-server', '/servers/add', 'input'],
    ['add-many', '/servers/add-many', 'textarea'],
    ['add-local', '/servers/add-local', 'input'],
    ['server-overview', `/servers/${id}/overview`, 'app-uptime-card ui-uptime-bar'],
    ['server-commands', `/servers/${id}/commands/${command.id}`, '.xterm-rows'],
    ['server-operations', `/servers/${id}/operations`, 'ui-step'],
    ['server-settings', `/servers/${id}/settings`, 'app-removal-card'],
    ['server-missing', '/servers/00000000-0000-4000-8000-000000000000', 'ui-empty-state'],
  ] as const;
  for (const { name, theme, language, width, height } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.evaluate(
      ([chosenTheme, chosenLanguage]) => {
        localStorage.setItem('myx.theme', chosenTheme);
        localStorage.setItem('myx.language', chosenLanguage);
      },
      [theme, language] as const,
    );
    for (const [file, path, ready] of pages) {
      await test.step(`${file}, ${name}`, async () => {
        await page.goto(`${fleet.manager.url}${path}`);
        const isText = ready === 'looked-at';
        const landmark = isText ? page.getByText(ready) : page.locator(`main ${ready}`);
        await expect(landmark.first()).toBeVisible();
        await check(page);
        await look(page, `${file}-${name}`);
      });
    }
  }
});

test('the list is worked with the keyboard alone', async ({ console: page, fleet }) => {
  const { items } = await fleet.api.get<{ items: { name: string }[] }>('/api/v1/servers');
  if (items.length === 0) await fleet.addServer(1, { name: 'looked-at' });
  const name = items[0]?.name ?? 'looked-at';
  await page.goto(`${fleet.manager.url}/servers`);
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toBeVisible();

  await page.keyboard.press('/');
  await page.keyboard.type(name);
  await expect(page).toHaveURL(new RegExp(`q=${name}`));
  await row.focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('toolbar')).toContainText('1 selected');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();

  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type(`${name}: run`);
  await expect(page.getByRole('option').first()).toContainText('Run a command');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/commands$/);
});
