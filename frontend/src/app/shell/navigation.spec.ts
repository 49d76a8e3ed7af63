import { describe, expect, it } from '@jest/globals';
import { NAVIGATION, isAt, visibleNavigation } from './navigation';

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

describe('isAt', () => {
  const at = (url: string): string[] =>
    NAVIGATION.flatMap(({ items }) => items)
      .filter((item) => isAt(item, url))
      .map(({ path }) => path);

  it('finds the one page that an address belongs to', () => {
    expect(at('/servers/1/overview?x=1')).toEqual(['servers']);
    expect(at('/playbooks?q=a')).toEqual(['playbooks']);
    expect(at('/playbook-runs/1')).toEqual(['playbooks']);
    expect(at('/profile')).toEqual([]);
  });
});
