import { describe, expect, it } from '@jest/globals';
import { NAVIGATION, visibleNavigation } from './navigation';

describe('visibleNavigation', () => {
  const all = new Set(NAVIGATION.flatMap(({ items }) => items.map(({ path }) => path)));

  it('leaves out pages without a route and groups without a page', () => {
    const groups = visibleNavigation(NAVIGATION, new Set(['health', 'audit']), () => true);

    expect(groups.map(({ items }) => items.map(({ path }) => path))).toEqual([
      ['health'],
      ['audit'],
    ]);
  });

  it('leaves out what the role does not allow', () => {
    const groups = visibleNavigation(NAVIGATION, all, (permission) => permission === 'audit:read');

    expect(groups.flatMap(({ items }) => items.map(({ path }) => path))).toEqual(['audit']);
  });

  it('gives every page jump keys of its own', () => {
    const keys = NAVIGATION.flatMap(({ items }) => items.map((item) => item.keys));

    expect(new Set(keys).size).toBe(keys.length);
  });
});
