import { defineConfig } from '@playwright/test';

/**
 * Journeys through the console in Debian's Chromium, against a real manager and real hosts (see
 * e2e/fleet.fixture.ts). As root: `npm run e2e --workspace frontend`.
 */
export default defineConfig({
  testDir: './e2e',
  projects: [
    { name: 'journeys', testMatch: '*.spec.ts' },
    // Measures and asserts nothing: `npm run bench:ui`.
    { name: 'bench', testMatch: '*.bench.ts' },
  ],
  outputDir: './screenshots/failures',
  // One fleet at a time: hosts, manager and browser share the machine's few cores.
  workers: 1,
  // For failures only: what works is waited for no longer than it takes, on however busy a machine.
  timeout: 600_000,
  expect: { timeout: 180_000 },
  forbidOnly: true,
  reporter: [['list']],
  use: {
    actionTimeout: 180_000,
    navigationTimeout: 180_000,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    locale: 'en-GB',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] },
  },
});
