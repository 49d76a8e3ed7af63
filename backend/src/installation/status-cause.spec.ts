import { describe, expect, it } from '@jest/globals';
import { causeOf } from './status-cause.js';

describe('causeOf', () => {
  it.each([
    ['tcp', 'tcp'],
    ['host_key', 'host_key'],
    ['authentication', 'ssh'],
    ['sudo', 'ssh'],
    ['jump_host', 'ssh'],
    ['installation', 'installation'],
    ['manager', 'installation'],
    ['token', 'token'],
  ])('sums %s up as %s', (layer, cause) => {
    const failure = { step: 'connect', layer, code: 'some_code', message: 'Do this.' };

    expect(causeOf(failure)).toEqual({ layer: cause, code: 'some_code', message: 'Do this.' });
  });

  it('of nothing is nothing', () => {
    expect(causeOf(null)).toBeNull();
  });
});
