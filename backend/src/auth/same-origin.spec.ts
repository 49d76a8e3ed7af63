import { describe, expect, it } from '@jest/globals';
import { isSafeMethod, requestSource } from './same-origin.js';

const OWN = ['https://myx.example', null];

describe('requestSource', () => {
  it.each([
    ['fetch metadata: same origin', { 'sec-fetch-site': 'same-origin' }, 'same_origin'],
    ['fetch metadata: another site', { 'sec-fetch-site': 'cross-site' }, 'cross_origin'],
    ['fetch metadata: a sibling host', { 'sec-fetch-site': 'same-site' }, 'cross_origin'],
    [
      'fetch metadata against a copied Origin',
      { 'sec-fetch-site': 'cross-site', origin: 'https://myx.example' },
      'cross_origin',
    ],
    ['our Origin', { origin: 'https://myx.example' }, 'same_origin'],
    ['another Origin', { origin: 'https://evil.example' }, 'cross_origin'],
    ['our host, another scheme', { origin: 'http://myx.example' }, 'cross_origin'],
    ['our host, another port', { origin: 'https://myx.example:8443' }, 'cross_origin'],
    ['our name as a prefix', { origin: 'https://myx.example.evil.example' }, 'cross_origin'],
    ['an opaque Origin', { origin: 'null' }, 'cross_origin'],
    ['nothing', {}, 'unknown'],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }, 'unknown'],
  ])('%s', (_name, headers, expected) => {
    expect(requestSource(headers, OWN)).toBe(expected);
  });
});

describe('isSafeMethod', () => {
  it.each([
    ['GET', true],
    ['HEAD', true],
    ['OPTIONS', true],
    ['POST', false],
    ['PUT', false],
    ['PATCH', false],
    ['DELETE', false],
    ['QUERY', false],
  ])('%s: %s', (method, expected) => {
    expect(isSafeMethod(method)).toBe(expected);
  });
});
