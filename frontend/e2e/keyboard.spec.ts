import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fleet.fixture.ts';

/** Tab stops that a page may have at most before the wanted one. */
const MOST_STOPS = 60;

/** Presses Tab until the wanted one has the focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(wanted)} is not reached by the keyboard`);
}

async function fill(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

async function press(page: Page, name: string): Promise<void> {
  await tabTo(page, page.getByRole('button', { name, exact: true }));
  await page.keyboard.press('Enter');
}

/** Presses two keys one upon the other, as fingers do: one by one they may be too far apart on a busy machine. */
async function pressBoth(page: Page, first: string, second: string): Promise<void> {
  await Promise.all([page.keyboard.press(first), page.keyboard.press(second)]);
}

/** Opens the palette, types and takes the first that is found. */
async function jump(page: Page, query: string, expected: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type(query);
  await expect(page.getByRole('option').first()).toContainText(expected);
  await page.keyboard.press('Enter');
}

test('from signing in to the output of a command without a mouse', async ({
  page,
  tidied: fleet,
}) => {
  const { url, administrator } = fleet.manager;
  const host = fleet.lab.host(1);
  await page.goto(url);
  await expect(page.getByLabel('Login')).toBeFocused();
  await page.keyboard.type(administrator.login);
  await fill(page, 'Password', administrator.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Servers', level: 1 })).toBeVisible();

  await test.step('add a server', async () => {
    await jump(page, 'add a server', 'Add a server');
    await fill(page, 'Address', host.address);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Is this your server?' })).toBeFocused();
    await tabTo(page, page.getByLabel('I have compared it, and it is the same'));
    await page.keyboard.press('Space');
    await press(page, 'Next');
    await fill(page, 'User', 'admin');
    await tabTo(page, page.getByRole('radio', { name: /Private key/ }));
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('radio', { name: /Password/ })).toBeFocused();
    await fill(page, 'Password', fleet.lab.users.admin.password);
    await page.keyboard.press('Enter');
    await fill(page, 'Name', 'typed');
    await page.keyboard.press('Enter');
    await press(page, 'Install the agent');
    await expect(page.getByText('typed is managed now')).toBeVisible();
  });

  await test.step('run a command', async () => {
    await tabTo(page, page.getByRole('link', { name: 'Run a first command' }));
    await page.keyboard.press('Enter');
    await fill(page, 'Program and arguments', 'echo by keyboard');
    await page.keyboard.press('Enter');
    await expect(page.locator('app-command-panel')).toContainText('Succeeded');
    await expect(page.locator('.xterm-rows')).toContainText('by keyboard');
  });
});

test('list, palette, board and map are walked with the keyboard alone', async ({
  console: page,
  fleet,
}) => {
  await fleet.addServer(1, { name: 'walked-to' });
  await page.goto(`${fleet.manager.url}/servers`);
  const row = page.getByRole('row').filter({ hasText: 'walked-to' });
  await expect(row).toBeVisible();

  await test.step('list', async () => {
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox')).toBeFocused();
    await page.keyboard.type('walked-to');
    await expect(page).toHaveURL(/q=walked-to/);
    await row.focus();
    await page.keyboard.press('Space');
    await expect(page.getByRole('toolbar')).toContainText('1 selected');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'walked-to', level: 1 })).toBeVisible();
  });

  await test.step('palette', async () => {
    await jump(page, 'walked-to: run', 'Run a command');
    await expect(page).toHaveURL(/\/commands$/);
  });

  await test.step('a dialog gives the focus back', async () => {
    const opener = page.getByRole('button', { name: 'Search or jump to' });
    await opener.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('combobox')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(opener).toBeFocused();
  });

  await test.step('board', async () => {
    await pressBoth(page, 'g', 'h');
    await expect(page.getByRole('heading', { name: 'Health board' })).toBeVisible();
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox')).toBeFocused();
    await page.locator('app-board-card a').first().focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/servers\//);
  });

  await test.step('map', async () => {
    await pressBoth(page, 'g', 't');
    await expect(page.getByRole('heading', { name: 'Topology' })).toBeVisible();
    const first = page.locator('app-topology-map a[tabindex="0"]');
    await first.focus();
    const content = page.locator('app-topology-map svg > g');
    const before = await content.getAttribute('transform');
    await page.keyboard.press('+');
    await expect(content).not.toHaveAttribute('transform', before ?? '');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/servers\//);
  });
});
