import { afterEach, describe, expect, it } from '@jest/globals';
import { managerWordsZhCn } from '../../../i18n/zh-cn/manager-words';
import { causeText, useManagerWords } from './manager-words';

const REFUSED = {
  code: 'connection_refused',
  message: '10.0.0.5:24351: nothing listens there: the agent is not running',
};

afterEach(() => {
  useManagerWords({});
});

describe('words of the manager', () => {
  it('are its own where the language has none', () => {
    expect(causeText(REFUSED)).toBe(REFUSED.message);
  });

  it('are translated by their code and keep the address they speak of', () => {
    useManagerWords(managerWordsZhCn);

    expect(causeText(REFUSED)).toMatch(/^10\.0\.0\.5:24351：该端口没有程序监听/);
    expect(causeText({ code: 'connect_timeout', message: '[fd00::1]:24351: no reply' })).toMatch(
      /^\[fd00::1\]:24351：/,
    );
    expect(causeText({ code: 'slow_answers', message: 'The agent is slow.' })).not.toMatch(/[a-z]/);
    expect(causeText({ code: 'of_tomorrow', message: 'News.' })).toBe('News.');
  });

  it('stand before the sentence of the manager that alone tells the particulars', () => {
    useManagerWords(managerWordsZhCn);

    expect(causeText({ code: 'disk_full', message: '/opt has 3 MiB free.' })).toBe(
      '磁盘空间不足：/opt has 3 MiB free.',
    );
  });

  it('are either in place of that sentence or before it', () => {
    const codesOf = (kind: string): string[] =>
      Object.keys(managerWordsZhCn).flatMap((key) => {
        const [start, code = ''] = key.split('.');
        return start === kind ? [code] : [];
      });
    const reasons = new Set(codesOf('reason'));

    expect(reasons.size).toBeGreaterThan(0);
    expect(codesOf('cause').filter((code) => reasons.has(code))).toEqual([]);
  });
});
