import { expect, test } from './fleet.fixture.ts';

test('board, wall, map and server page flip to offline when a server is cut off, and back', async ({
  console: page,
  fleet,
  look,
}) => {
  const { url } = fleet.manager;
  const id = await fleet.addServer(2, { name: 'cut-off', labels: { zone: 'north' } });
  const other = await page.context().newPage();
  await other.goto(`${url}/servers/${id}`);
  const header = other.locator('ui-page-header');
  await expect(header).toContainText('Online');
  await page.goto(`${url}/health`);
  const card = page.locator(`app-board-card a[data-id="${id}"]`);
  await expect(card).toContainText('Online');
  const host = fleet.lab.host(2);
  await host.cut();
  try {
    await expect(card).toContainText('Offline');
    await expect(card).toHaveClass(/offline/);
    await expect(page).toHaveTitle(/^\(1\) /);
    await expect(page.getByRole('link', { name: /Health/ })).toContainText('1 server in trouble');
    await expect(page.locator('app-board-changes a').first()).toContainText('cut-off');
    await look(page, 'health-offline');
    await expect(header).toContainText('Offline');
    await expect(other.locator('app-server-cause')).toContainText('Offline: ');
    await look(other, 'server-offline');

    await page.getByRole('button', { name: /Offline/ }).click();
    await expect(page).toHaveURL(/state=offline/);
    await expect(page.locator('app-board-card')).toHaveCount(1);

    await page.goto(`${url}/topology?by=zone`);
    await expect(page.locator(`a[data-id="${id}"] .ring`)).toHaveAttribute('data-health', 'down');

    await page.goto(`${url}/wall`);
    await expect(page.getByRole('region', { name: 'In trouble' })).toContainText('cut-off');
    await look(page, 'wall-offline');
  } finally {
    await host.heal();
  }
  await expect(page.getByText('Every server is well.')).toBeVisible();
  await expect(header).toContainText('Online');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/health$/);
});

test('while the manager is away nothing is shown as current, and all is again once it is back', async ({
  console: page,
  fleet,
  look,
}) => {
  await page.goto(`${fleet.manager.url}/health`);
  const connection = page.locator('app-connection-state');
  await expect(connection).toContainText('Live');
  await fleet.manager.stop();
  try {
    await expect(page.getByText(/What you see is as of/)).toBeVisible();
    await expect(connection).not.toContainText('Live');
    await look(page, 'manager-away');
  } finally {
    await fleet.manager.boot();
  }
  await expect(connection).toContainText('Live');
  await expect(page.getByText(/What you see is as of/)).toBeHidden();
});

test('five thousand servers are listed, and as many rows drawn as fit the screen', async ({
  console: page,
  fleet,
  look,
}) => {
  await fleet.manager.sql(
    `INSERT INTO servers (id, name, host, connection, status, status_since, created_at, updated_at)
     SELECT gen_random_uuid(), 'many-' || lpad(n::text, 4, '0'), '192.0.2.1', 'registered', 'new', now(), now(), now()
     FROM generate_series(1, 5000) AS n`,
  );
  try {
    await page.goto(`${fleet.manager.url}/servers`);
    await expect(page.getByText('5,000 servers')).toBeVisible();
    const rows = page.locator('app-server-row');
    await expect(rows.first()).toBeVisible();
    expect(await rows.count()).toBeLessThanOrEqual(60);
    await page.getByRole('row', { name: 'many-0001' }).focus();
    await page.keyboard.press('End');
    await expect(page.getByRole('row', { name: 'many-5000' })).toBeFocused();
    expect(await rows.count()).toBeLessThanOrEqual(60);
    await look(page, 'servers-many');

    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox')).toBeFocused();
    await page.keyboard.type('many-4321');
    await expect(rows).toHaveCount(1);
    await page.goto(`${fleet.manager.url}/health`);
    await expect(page.getByText('5,000').first()).toBeVisible();
    await look(page, 'health-many');
  } finally {
    await fleet.manager.sql(`DELETE FROM servers WHERE host = '192.0.2.1'`);
  }
});
