import { describe, expect, it } from '@jest/globals';
import type { PaletteAction } from '../platform/shortcuts/actions';
import { paletteResults } from './palette-results';

const action = (group: string, label: string, keywords = ''): PaletteAction => ({
  id: `${group}-${label}`,
  group,
  label,
  keywords,
  icon: 'server',
  run: () => undefined,
});

describe('paletteResults', () => {
  const actions = [
    action('Pages', 'Health'),
    action('Pages', 'Servers'),
    action('Preferences', 'Theme: Dark', 'colour'),
    action('Servers', 'web-1'),
  ];

  it('shows everything in its order for an empty query, with headings where groups start', () => {
    expect(paletteResults(actions, '').map(({ heading }) => heading)).toEqual([
      'Pages',
      null,
      'Preferences',
      'Servers',
    ]);
  });

  it('puts the group of the best answer first', () => {
    const all = [
      action('Pages', 'Cobweb'),
      action('Servers', 'web-1'),
      action('Servers', 'my web'),
    ];

    expect(paletteResults(all, 'web').map(({ action: { label } }) => label)).toEqual([
      'web-1',
      'my web',
      'Cobweb',
    ]);
  });

  it('finds by other words', () => {
    expect(paletteResults(actions, 'colour').map(({ action: { label } }) => label)).toEqual([
      'Theme: Dark',
    ]);
  });

  it('finds nothing when nothing answers', () => {
    expect(paletteResults(actions, 'zzz')).toEqual([]);
  });
});
