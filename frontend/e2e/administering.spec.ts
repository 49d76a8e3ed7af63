import { readFile } from 'node:fs/promises';
import { expect, noteOn, test } from './fleet.fixture.ts';

test('a user is added, may only look, and is shut out', async ({
  console: page,
  fleet,
  browser,
  look,
}) => {
  const { url } = fleet.manager;
  await page.goto(`${url}/access`);
  await page.getByRole('button', { name: 'Add a user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Login').fill('vera');
  await dialog.locator('label').filter({ hasText: 'Viewer' }).click();
  await dialog.getByRole('button', { name: 'Make one up' }).click();
  const password = (await dialog.locator('pre').textContent()) ?? '';
  await look(page, 'access-add-user');
  await dialog.getByRole('button', { name: 'Add a user' }).click();
  const entry = page.getByRole('listitem').filter({ hasText: 'vera' });
  await expect(entry).toContainText('Viewer');

  const context = await browser.newContext();
  try {
    const hers = await context.newPage();
    await hers.goto(url);
    await hers.getByLabel('Login').fill('vera');
    await hers.getByLabel('Password', { exact: true }).fill(password);
    await hers.getByRole('button', { name: 'Sign in' }).click();
    await expect(hers.getByRole('heading', { name: 'Servers', level: 1 })).toBeVisible();
    await hers.goto(`${url}/commands`);
    await expect(hers.getByRole('heading', { name: 'Commands', level: 1 })).toBeVisible();
    await expect(hers.getByRole('link', { name: 'Run a command' })).toHaveCount(0);
    await expect(hers.getByRole('link', { name: 'Access' })).toHaveCount(0);
    await hers.goto(`${url}/access`);
    await expect(hers.getByRole('alert').first()).toContainText('Your role does not allow this');

    await entry.getByRole('button', { name: 'Actions for vera' }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await expect(page.getByRole('dialog')).toContainText('All sessions end at once.');
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await expect(entry).toContainText('Disabled');
    await hers.goto(`${url}/commands`);
    await expect(hers.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  } finally {
    await context.close();
  }
});

test('a token is shown once, works for a pipeline, and stops when it is revoked', async ({
  console: page,
  fleet,
  look,
}) => {
  const { url } = fleet.manager;
  await page.goto(`${url}/access`);
  await page.getByRole('button', { name: 'Create a token' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('pipeline');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const token = (await page.getByRole('region', { name: 'Token' }).textContent())?.trim() ?? '';
  expect(token).toMatch(/^myx_/);
  await expect(page.getByRole('region', { name: 'In a CI job' })).toContainText('curl');
  await look(page, 'access-token');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog'), 'a stray key does not lose it').toBeVisible();
  await page.getByRole('button', { name: 'I have stored it' }).click();

  const board = (): Promise<Response> =>
    fetch(`${url}/api/v1/board`, { headers: { authorization: `Bearer ${token}` } });
  expect((await board()).status).toBe(200);
  await page.reload();
  await expect(page.getByText(token)).toHaveCount(0);
  await page.getByRole('button', { name: 'Revoke pipeline' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(noteOn(page, 'The token “pipeline” is revoked.')).toBeVisible();
  expect((await board()).status).toBe(401);
});

test('the audit log tells who did it, is filtered, and is exported', async ({
  console: page,
  fleet,
  look,
}) => {
  await page.goto(`${fleet.manager.url}/audit`);
  await page.getByLabel('Action').selectOption({ label: 'Sign in' });
  await expect(page).toHaveURL(/action=session.create/);
  const { login } = fleet.manager.administrator;
  await page.getByRole('row').filter({ hasText: login }).first().click();
  await expect(page.getByRole('dialog')).toContainText('Correlation id');
  await look(page, 'audit-event');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /CSV/ }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  expect(text).toMatch(/^seq,at,actor_kind/);
  expect(text).toContain('session.create');
  expect(text).not.toContain('setup.complete');
});

test('the settings tell that everything works', async ({ console: page, fleet }) => {
  await page.goto(`${fleet.manager.url}/settings`);

  await expect(page.getByText('Works')).toHaveCount(2);
  await expect(page.getByText(fleet.manager.dataDirectory)).toBeVisible();
  await expect(page.getByText(/PostgreSQL \d+/)).toBeVisible();
});

test('language and theme change at once and are remembered', async ({ console: page }) => {
  const root = page.locator('html');
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitem', { name: '简体中文' }).click();
  await expect(page.getByRole('heading', { name: '服务器', level: 1 })).toBeVisible();
  await expect(root).toHaveAttribute('lang', 'zh-CN');
  await page.getByRole('button', { name: '主题' }).click();
  await page.getByRole('menuitem', { name: '浅色' }).click();
  await expect(root).toHaveAttribute('data-theme', 'light');

  await page.reload();
  await expect(page.getByRole('heading', { name: '服务器', level: 1 })).toBeVisible();
  await expect(root).toHaveAttribute('data-theme', 'light');
  await expect(page.getByText(/^Servers$/)).toHaveCount(0);
});
