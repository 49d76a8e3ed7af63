import { describe, expect, it } from '@jest/globals';
import { formatMessage } from './message';
import type { Message, MessageParams } from './message';

function format(language: string, message: Message, params: MessageParams): string {
  return formatMessage(
    message,
    params,
    new Intl.PluralRules(language),
    new Intl.NumberFormat(language),
  );
}

describe('formatMessage', () => {
  it('fills in every name, numbers in the way of the language', () => {
    expect(format('en', '{n} servers in {place}', { n: 12_345, place: 'Oslo' })).toBe(
      '12,345 servers in Oslo',
    );
  });

  it.each([
    [0, '0 servers'],
    [1, '1 server'],
    [2, '2 servers'],
  ])('picks the English form for %d', (n, text) => {
    expect(format('en', { one: '{n} server', other: '{n} servers' }, { n })).toBe(text);
  });

  it('has one form in Chinese', () => {
    expect(format('zh-CN', { one: 'wrong', other: '{n} 台' }, { n: 1 })).toBe('1 台');
  });

  it('leaves a name without a value in sight', () => {
    expect(format('en', 'to {name}', {})).toBe('to {name}');
  });

  it('does not fill in names that come with a value', () => {
    expect(format('en', '{a} {b}', { a: '{b}', b: 'x' })).toBe('{b} x');
  });
});
