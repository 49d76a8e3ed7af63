import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './fleet.fixture.ts';

/** A theme, a language and a size of the screen. */
export interface Look {
  readonly name: string;
  readonly theme: 'dark' | 'light';
  readonly language: 'en' | 'zh-CN';
  readonly width: number;
  readonly height: number;
}

/** What every page is looked at in. */
export const LOOKS: readonly Look[] = [
  { name: 'dark', theme: 'dark', language: 'en', width: 1440, height: 900 },
  { name: 'light', theme: 'light', language: 'en', width: 1440, height: 900 },
  { name: 'narrow', theme: 'light', language: 'en', width: 390, height: 844 },
  { name: 'chinese', theme: 'dark', language: 'zh-CN', width: 1440, height: 900 },
  { name: 'small', theme: 'dark', language: 'zh-CN', width: 360, height: 740 },
];

/** Puts on a look; pages opened from then on have it. */
export async function wear(page: Page, { theme, language, width, height }: Look): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.evaluate(
    ([chosenTheme, chosenLanguage]) => {
      localStorage.setItem('myx.theme', chosenTheme);
      localStorage.setItem('myx.language', chosenLanguage);
    },
    [theme, language] as const,
  );
}

/** Fails on any violation of WCAG 2.2 AA or of axe's best practices, and when the page scrolls sideways. */
export async function checkPage(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect
    .soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`))
    .toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(overflow, 'pixels wider than the screen').toBeLessThanOrEqual(0);
}
