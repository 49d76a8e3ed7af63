import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fleet.fixture.ts';

/** Rules whose verdict depends on the theme. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** Rules that axe holds a page against: all of them, or some. */
type Rules = 'all' | { readonly only: readonly string[] } | { readonly without: readonly string[] };

/** A theme, a language and a size of the screen. */
interface Look {
  readonly name: string;
  readonly theme: 'dark' | 'light';
  readonly width: number;
  readonly height: number;
  /** What can be wrong in it that was not in the looks before. */
  readonly rules: Rules;
}

/** What every page is looked at in. */
const LOOKS: Readonly<Record<'en' | 'zh-CN', readonly Look[]>> = {
  en: [
    { name: 'dark', theme: 'dark', width: 1440, height: 900, rules: 'all' },
    { name: 'light', theme: 'light', width: 1440, height: 900, rules: { only: COLOURS } },
    // Another arrangement, with other controls.
    { name: 'narrow', theme: 'light', width: 390, height: 844, rules: 'all' },
  ],
  'zh-CN': [
    // Other words in known colours.
    { name: 'chinese', theme: 'dark', width: 1440, height: 900, rules: { without: COLOURS } },
    { name: 'small', theme: 'dark', width: 360, height: 740, rules: { only: [] } },
  ],
};

/** A page to be looked at. */
export interface PageToLookAt {
  /** Of its screenshots. */
  readonly name: string;
  readonly path: string;
  /** A selector of what is there once the page has what it shows. */
  readonly ready: string;
}

/**
 * Opens every page in every look, checks it and writes what is on screen. The theme is the system's and
 * changes while the page is open, as it does in the evening.
 */
export async function lookAtPages(
  page: Page,
  look: (page: Page, name: string) => Promise<void>,
  { url, pages }: { readonly url: string; readonly pages: readonly PageToLookAt[] },
): Promise<void> {
  for (const [language, looks] of Object.entries(LOOKS)) {
    await page.goto(url);
    await page.evaluate((chosen) => {
      localStorage.setItem('myx.language', chosen);
    }, language);
    for (const { name, path, ready } of pages) {
      await test.step(`${name}, ${language}`, async () => {
        await page.goto(url + path);
        await expect(page.locator('html')).toHaveAttribute('lang', language);
        for (const worn of looks) {
          await wear(page, worn);
          await expect(page.locator(ready).first()).toBeAttached();
          await checkPage(page, worn.rules);
          await look(page, `${name}-${worn.name}`);
        }
      });
    }
  }
  await wearUsual(page);
}

/**
 * Looks at what is on screen in every look, without opening it anew: at pages that somebody has begun to fill in.
 * The language is changed by its menu, as a person does.
 */
export async function lookAround(
  page: Page,
  look: (page: Page, name: string) => Promise<void>,
  name: string,
): Promise<void> {
  for (const [language, looks] of Object.entries(LOOKS)) {
    const [first] = looks;
    if (first) await wear(page, first);
    await chooseLanguage(page, language);
    for (const worn of looks) {
      await wear(page, worn);
      // Both themes and both sizes; what else there is differs in words only.
      if (worn.name === 'dark' || worn.name === 'narrow') await checkPage(page);
      else await checkWidth(page);
      await look(page, `${name}-${worn.name}`);
    }
  }
  const [usual] = LOOKS.en;
  if (usual) await wear(page, usual);
  await chooseLanguage(page, 'en');
}

async function chooseLanguage(page: Page, language: string): Promise<void> {
  const root = page.locator('html');
  if ((await root.getAttribute('lang')) === language) return;
  await page.getByRole('button', { name: /^(Language|语言)$/ }).click();
  await page.getByRole('menuitem', { name: language === 'en' ? 'English' : '简体中文' }).click();
  await expect(root).toHaveAttribute('lang', language);
}

/** As every journey begins. */
async function wearUsual(page: Page): Promise<void> {
  const [usual] = LOOKS.en;
  if (usual) await wear(page, usual);
  await page.evaluate(() => {
    localStorage.removeItem('myx.language');
  });
  await page.reload();
}

async function wear(page: Page, { theme, width, height }: Look): Promise<void> {
  await page.setViewportSize({ width, height });
  // Colours on their way from one theme to the other have no contrast to speak of.
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await settled(page);
}

/**
 * Waits until nothing moves any more and what has changed is drawn.
 *
 * It gives up after two seconds: an animation that never ends, or a browser that draws no frame, must not hold up a
 * journey. A page that still moves then is looked at as it is.
 */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const stillness = (async () => {
      await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
      await new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(resolve));
      });
    })();
    await Promise.race([stillness, new Promise((resolve) => setTimeout(resolve, 2_000))]);
  });
}

/** Fails on any violation of WCAG 2.2 AA or of axe's best practices, and when the page scrolls sideways. */
export async function checkPage(page: Page, rules: Rules = 'all'): Promise<void> {
  let violations = await violationsOf(page, rules);
  if (violations.length > 0) {
    // Pages are live: what axe met in the middle of a redraw has to hold once it is over.
    await settled(page);
    violations = await violationsOf(page, rules);
  }
  expect.soft(violations).toEqual([]);
  await checkWidth(page);
}

async function checkWidth(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(overflow, 'pixels wider than the screen').toBeLessThanOrEqual(0);
}

async function violationsOf(page: Page, rules: Rules): Promise<string[]> {
  if (rules !== 'all' && 'only' in rules && rules.only.length === 0) return [];
  // In the page itself: otherwise axe opens another one for its verdict, and hides this one meanwhile.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  axe.options({ resultTypes: ['violations'], ...optionsOf(rules) });
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

function optionsOf(rules: Rules): object {
  if (rules === 'all') return {};
  if ('only' in rules) return { runOnly: { type: 'rule', values: rules.only } };
  return { rules: Object.fromEntries(rules.without.map((rule) => [rule, { enabled: false }])) };
}
