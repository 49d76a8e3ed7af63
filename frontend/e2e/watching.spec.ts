import { expect, test } from './fleet.fixture.ts';

/** Heartbeats of the fleet come every 1-2 s and are tried again after 1, 2 and 4 s, each for some seconds. */
const FLIP_MS = 60_000;

test('the board, the wall and the map flip to offline when a server is cut off, and back', async ({
  console: page,
  fleet,
  look,
}) => {
  const id = await fleet.addServer(2, { name: 'cut-off', labels: { zone: 'north' } });
  await page.goto(`${fleet.manager.url}/health`);
  const card = page.locator(`app-board-card a[data-id="${id}"]`);
  await expect(card).toContainText('Online');
  const host = fleet.lab.host(2);
  await host.cut();
  try {
    await expect(card).toContainText('Offline', { timeout: FLIP_MS });
    await expect(card).toHaveClass(/offline/);
    await expect(page).toHaveTitle(/^\(1\) /);
    await expect(page.getByRole('link', { name: /Health/ })).toContainText('1 server in trouble');
    await expect(page.locator('app-board-changes a').first()).toContainText('cut-off');
    await look(page, 'health-offline');

    await page.getByRole('button', { name: /Offline/ }).click();
    await expect(page).toHaveURL(/state=offline/);
    await expect(page.locator('app-board-card')).toHaveCount(1);

    await page.goto(`${fleet.manager.url}/topology?by=zone`);
    await expect(page.locator(`a[data-id="${id}"] .ring`)).toHaveAttribute('data-health', 'down');

    await page.goto(`${fleet.manager.url}/wall`);
    await expect(page.getByRole('region', { name: 'In trouble' })).toContainText('cut-off');
    await look(page, 'wall-offline');
  } finally {
    await host.heal();
  }
  await expect(page.getByText('Every server is well.')).toBeVisible({ timeout: FLIP_MS });
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/health$/);
});

test('the board and the map are walked with the keyboard alone', async ({
  console: page,
  fleet,
}) => {
  await fleet.addServer(2, { name: 'walked-to' });
  await page.keyboard.press('g');
  await page.keyboard.press('h');
  await expect(page.getByRole('heading', { name: 'Health board' })).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.locator('app-board-card a').first().focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/servers\//);

  await page.keyboard.press('g');
  await page.keyboard.press('t');
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
