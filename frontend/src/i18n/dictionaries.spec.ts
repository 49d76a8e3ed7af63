import { describe, expect, it } from '@jest/globals';
import type { Message } from '../app/platform/i18n/message';
import { en } from './en';
import type { Key } from './en';
import { zhCn } from './zh-cn';

const textOf = (message: Message): string =>
  typeof message === 'string' ? message : message.other;
const namesIn = (message: Message): string[] =>
  [...textOf(message).matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

const KEYS = Object.keys(en) as Key[];

describe('Chinese texts', () => {
  it.each(KEYS)('%s names the same values as in English', (key) => {
    expect(namesIn(zhCn[key])).toEqual(namesIn(en[key]));
  });

  it.each(KEYS)('%s is not empty', (key) => {
    expect(textOf(zhCn[key]).trim()).not.toBe('');
  });

  it('has no text that English has not', () => {
    expect(Object.keys(zhCn).sort()).toEqual([...KEYS].sort());
  });
});

describe('English texts', () => {
  it('have both forms where they count', () => {
    const counting = KEYS.filter((key) => typeof en[key] !== 'string');

    expect(counting.length).toBeGreaterThan(0);
    for (const key of counting) expect(en[key]).toHaveProperty('one');
  });
});
