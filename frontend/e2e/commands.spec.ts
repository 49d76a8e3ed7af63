import { expect, noteOn, test } from './fleet.fixture.ts';

test('live output goes on after a reload, and a command is cancelled with all its processes', async ({
  console: page,
  fleet,
  look,
}) => {
  const id = await fleet.addServer(3, { name: 'runner' });
  await page.goto(`${fleet.manager.url}/servers/${id}/commands`);

  await page.getByRole('button', { name: 'Script' }).click();
  await page
    .getByLabel('Script', { exact: true })
    .fill('for n in $(seq 1 3000); do echo "tick $n"; echo "late $n" >&2; sleep 0.5; done');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const panel = page.locator('app-command-panel');
  const rows = panel.locator('.xterm-rows');
  await expect(rows).toContainText('tick 2');
  await expect(rows).toContainText('late 2');

  const newest = async (): Promise<number> => {
    const ticks = ((await rows.textContent()) ?? '').matchAll(/tick (\d+)/g);
    return Math.max(0, ...[...ticks].map(([, n]) => Number(n)));
  };
  const before = await newest();
  await page.reload();
  await expect.poll(newest).toBeGreaterThan(before);
  const after = await newest();
  await expect.poll(newest).toBeGreaterThan(after);
  await look(page, 'command-live');

  await panel.getByRole('button', { name: 'stderr' }).click();
  await expect(rows).toContainText('late 2');
  await expect(rows).not.toContainText('tick');

  await panel.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Cancel the command' }).click();
  await expect(noteOn(page, 'No process of it is left')).toBeVisible();
  await expect(panel).toContainText('Cancelled');
});

test('of a long output only what is looked at is fetched', async ({
  console: page,
  fleet,
  look,
}) => {
  const id = await fleet.addServer(3, { name: 'talkative' });
  // Ten megabytes.
  const { id: commandId } = await fleet.start(id, { command: 'seq', args: ['1', '1400000'] });
  await fleet.ended(commandId, 200_000);
  const asked: number[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    // Without a limit it would be the whole.
    if (pathname.endsWith('/output')) asked.push(Number(searchParams.get('max_bytes') ?? Infinity));
  });
  const bytes = (): number => asked.reduce((sum, limit) => sum + limit, 0);

  await page.goto(`${fleet.manager.url}/commands/${commandId}`);
  const rows = page.locator('.xterm-rows');
  await expect(rows).toContainText('1400000');
  await expect(page.getByText('9.6 MiB in all')).toBeVisible();
  expect(bytes()).toBeLessThanOrEqual(512 * 1024);
  expect(asked.length).toBeLessThanOrEqual(6);
  await look(page, 'command-long');

  await page.getByRole('button', { name: 'Load earlier output' }).click();
  await expect.poll(bytes).toBeGreaterThan(512 * 1024);
  await expect(rows).toContainText(/\d/);
  expect(bytes()).toBeLessThanOrEqual(3 * 512 * 1024);
});
