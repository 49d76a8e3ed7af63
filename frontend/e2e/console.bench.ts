import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test as base } from '@playwright/test';
import type { Page } from '@playwright/test';
import { describeMachine, ms, renderTable } from '../../test/bench/report.ts';
import type { BenchRow } from '../../test/bench/report.ts';
import { summarise } from '../../test/bench/statistics.ts';
import { ManagerProcess } from '../../test/support/manager-process.ts';
import { SimulatedServers } from '../../test/support/simulated-servers.ts';

const SERVERS = 1000;
/** Of every server, so that a thousand of them make fifty updates a second. */
const HEARTBEAT_SECONDS = '20';
const WATCHED_SECONDS = 30;
const LONGEST_FRAME_MS = 50;

const results = path.resolve(import.meta.dirname, '../../bench-results');

const test = base.extend<object, { manager: ManagerProcess }>({
  manager: [
    async ({}, use) => {
      const manager = await ManagerProcess.start({
        env: {
          MYX_HEARTBEAT_MIN_INTERVAL_SECONDS: HEARTBEAT_SECONDS,
          MYX_HEARTBEAT_MAX_INTERVAL_SECONDS: HEARTBEAT_SECONDS,
        },
      });
      const servers = await SimulatedServers.open(manager, thousand());
      await use(manager);
      await manager.close();
      await servers.close();
    },
    { scope: 'worker', timeout: 600_000 },
  ],
});

function thousand(): { name: string; labels: Record<string, string> }[] {
  return Array.from({ length: SERVERS }, (_, n) => ({
    name: `bench-${String(n).padStart(4, '0')}`,
    labels: { zone: `z${n % 10}` },
  }));
}

async function signIn(page: Page, { url, administrator }: ManagerProcess): Promise<void> {
  await page.request.post(`${url}/api/v1/session`, {
    headers: { origin: url },
    data: administrator,
  });
}

/** Milliseconds between one frame of the page and the next while `work` goes on. */
async function framesDuring(page: Page, work: () => Promise<unknown>): Promise<readonly number[]> {
  const gaps = page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const found: number[] = [];
        let last = performance.now();
        const draw = (now: number): void => {
          found.push(now - last);
          last = now;
          if (document.documentElement.dataset.benchEnded === 'yes') resolve(found.slice(1));
          else requestAnimationFrame(draw);
        };
        requestAnimationFrame(draw);
      }),
  );
  await work();
  await page.evaluate(() => {
    document.documentElement.dataset.benchEnded = 'yes';
  });
  return gaps;
}

function frameRow(what: string, gaps: readonly number[], seconds: number): BenchRow {
  const { p95, max } = summarise(gaps);
  const late = gaps.filter((gap) => gap > LONGEST_FRAME_MS).length;
  return {
    what,
    measured: `${(gaps.length / seconds).toFixed(0)} frames/s, p95 ${ms(p95)}, worst ${ms(max)}, ${late} over 50 ms`,
    budget: 'no frame over 50 ms',
    ratio: '',
    ok: late === 0,
  };
}

test('the console with a thousand servers', async ({ page, manager }) => {
  test.setTimeout(900_000);
  const rows: BenchRow[] = [];
  await signIn(page, manager);

  const firstPage = await loadFirstPage(page, manager.url);
  rows.push(firstPage);

  let updates = 0;
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      updates += String(payload).split('"figures":').length - 1;
    }),
  );
  await page.goto(`${manager.url}/health`);
  await page.locator('app-board-tile').nth(500).waitFor();
  // Loading has its own figure: what is asked here is how it stays.
  await page.waitForTimeout(3000);
  updates = 0;
  const board = await framesDuring(page, () => page.waitForTimeout(WATCHED_SECONDS * 1000));
  const rate = (updates / WATCHED_SECONDS).toFixed(0);
  rows.push(
    frameRow(
      `health board, ${SERVERS} servers, ${rate} updates/s, over ${WATCHED_SECONDS} s`,
      board,
      WATCHED_SECONDS,
    ),
  );

  await page.goto(`${manager.url}/servers`);
  await page.locator('app-server-row').first().waitFor();
  await page.waitForTimeout(2000);
  await page.locator('ui-table').hover();
  const started = performance.now();
  const scrolled = await framesDuring(page, async () => {
    for (let turn = 0; turn < 100; turn += 1) await page.mouse.wheel(0, 400);
  });
  const seconds = (performance.now() - started) / 1000;
  rows.push(frameRow(`server list, ${SERVERS} rows, scrolled by wheel`, scrolled, seconds));

  const report = renderTable(rows);
  mkdirSync(results, { recursive: true });
  writeFileSync(path.join(results, 'ui.md'), `${report}\n`);
  console.log(`\n${describeMachine()}\n\n${report}`);
});

/** How long until the list of servers shows its first row, and how much travels for it. */
async function loadFirstPage(page: Page, url: string): Promise<BenchRow> {
  let bytes = 0;
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  const start = performance.now();
  await page.goto(`${url}/servers`);
  await page.locator('app-server-row').first().waitFor();
  const elapsed = performance.now() - start;
  await session.detach();
  return {
    what: `first load of the server list with ${SERVERS} servers, until its first row`,
    measured: `${ms(elapsed)}, ${Math.round(bytes / 1000)} kB with its data`,
    budget: 'console itself < 250 kB',
    ratio: '',
    ok: true,
  };
}
