import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { I18n } from '../i18n/i18n';
import { Formats } from './formats';

describe('Formats', () => {
  let formats: Formats;

  beforeEach(() => {
    localStorage.clear();
    formats = TestBed.inject(Formats);
  });

  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1536, '1.5 KiB'],
    [10 * 1024 * 1024, '10 MiB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formats.bytes(bytes)).toBe(text);
  });

  it.each([
    [-5, '0 ms'],
    [340, '340 ms'],
    [4260, '4.2 sec'],
    [59_999, '59.9 sec'],
    [134_000, '2 min 14 sec'],
    [120_000, '2 min'],
    [3 * 3_600_000 + 5 * 60_000 + 9000, '3 hr 5 min'],
    [26 * 3_600_000, '1 day 2 hr'],
    [3_600_000 + 7000, '1 hr'],
  ])('writes a duration of %d ms as %s', (duration, text) => {
    expect(formats.duration(duration)).toBe(text);
  });

  it.each([
    [0, 'now'],
    [-45, '45 sec. ago'],
    [-190, '3 min. ago'],
    [-7200, '2 hr. ago'],
    [90_000, 'tomorrow'],
  ])('writes %d seconds from now as %s', (seconds, text) => {
    const now = Date.parse('2026-11-20T12:00:00Z');

    expect(formats.relative(now + seconds * 1000, now)).toBe(text);
  });

  it('follows the language', async () => {
    const now = Date.parse('2026-11-20T12:00:00Z');

    await TestBed.inject(I18n).use('zh-CN');

    expect(formats.relative(now - 190_000, now)).toBe('3分钟前');
    expect(formats.percent(0.9988)).toBe('99.88%');
  });
});
