import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';

import { Secret } from './secret.js';

const CANARY = 'canary-7c1f';

describe('Secret', () => {
  it.each([
    ['a template string', (secret: Secret) => `value: ${secret.toString()}`],
    ['string conversion', (secret: Secret) => String(secret)],
    ['JSON', (secret: Secret) => JSON.stringify({ nested: { secret } })],
    [
      'util.inspect with hidden properties',
      (secret: Secret) => inspect({ secret }, { showHidden: true, depth: 9 }),
    ],
    ['spreading', (secret: Secret) => JSON.stringify(Object.assign({}, secret))],
    ['property names', (secret: Secret) => Reflect.ownKeys(secret).join()],
  ])('does not show its value through %s', (_name, print) => {
    const secret = new Secret(CANARY);

    const printed = print(secret);

    expect(printed).not.toContain(CANARY);
  });

  it('gives its value only when asked to reveal it', () => {
    expect(new Secret(CANARY).reveal()).toBe(CANARY);
  });
});
