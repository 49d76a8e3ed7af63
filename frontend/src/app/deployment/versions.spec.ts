import { describe, expect, it } from '@jest/globals';
import { hasPending, versionToGoBackTo } from './versions';

const HISTORY = [
  { version: 5, outcome: 'healthy' as const },
  { version: 4, outcome: 'rolled_back' as const },
  { version: 3, outcome: 'healthy' as const },
  { version: 2, outcome: 'healthy' as const },
  { version: 1, outcome: null },
];

describe('versionToGoBackTo', () => {
  it('is what runs while something else is wanted', () => {
    expect(versionToGoBackTo({ desired_version: 6, applied_version: 5 }, HISTORY)).toBe(5);
  });

  it('is else the newest healthy one before', () => {
    expect(versionToGoBackTo({ desired_version: 5, applied_version: 5 }, HISTORY)).toBe(3);
  });

  it('is none where no other was ever healthy', () => {
    expect(versionToGoBackTo({ desired_version: 2, applied_version: 2 }, HISTORY)).toBeNull();
    expect(versionToGoBackTo({ desired_version: 1, applied_version: null }, [])).toBeNull();
  });
});

describe('hasPending', () => {
  it('tells a stored change from what was never applied', () => {
    expect(hasPending({ desired_version: 6, applied_version: 5 })).toBe(true);
    expect(hasPending({ desired_version: 5, applied_version: 5 })).toBe(false);
    expect(hasPending({ desired_version: 1, applied_version: null })).toBe(false);
  });
});
