import { defineConfig } from '@playwright/test';

/**
 * Journeys through the console in Debian's Chromium, against a real manager and real hosts (see
 * e2e/fleet.fixture.ts). As root: `npm run e2e --workspace frontend`.
 */
export default defineConfig({
  testDir: './e2e',
  testMatch: '*.spec.ts',
  outputDir: './screenshots/failures',
  // One fleet at a time: hosts, manager and browser share the machine's few cores.
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    locale: 'en-GB',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] },
  },
});
