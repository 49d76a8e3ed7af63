import { describe, expect, it } from '@jest/globals';
import { parseViews } from './saved-views';

describe('parseViews', () => {
  it.each([
    [null],
    [''],
    ['{'],
    ['{"name":"x"}'],
    ['[1, null, {"name":"x"}, {"name":"","query":""}]'],
  ])('finds none in %s', (text) => {
    expect(parseViews(text)).toEqual([]);
  });

  it('keeps what is a view', () => {
    expect(parseViews('[{"name":"Prod","query":"q=prod"}, 3]')).toEqual([
      { name: 'Prod', query: 'q=prod' },
    ]);
  });
});
