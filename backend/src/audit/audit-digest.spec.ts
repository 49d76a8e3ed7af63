import { describe, expect, it } from '@jest/globals';
import { Secret } from '../platform/crypto/index.js';
import { digestOf, linkHash, storableDetails, storableText } from './audit-digest.js';
import type { AuditContent } from './audit-digest.js';

const EVENT: AuditContent = {
  id: '01990000-0000-7000-8000-000000000001',
  at: new Date('2026-11-20T12:00:00.123Z'),
  actorKind: 'user',
  actorId: '01990000-0000-7000-8000-000000000002',
  actorName: 'ada',
  actorRole: 'admin',
  address: '192.0.2.1',
  correlationId: 'c1',
  action: 'server.create',
  objectType: 'server',
  objectId: 's1',
  objectName: 'web',
  outcome: 'success',
  details: { b: 1, a: { d: [1, { z: 1, y: 2 }], c: null } },
};

describe('digestOf', () => {
  it('does not depend on the order of keys, at any depth', () => {
    const details = { a: { c: null, d: [1, { y: 2, z: 1 }] }, b: 1 };

    expect(digestOf({ ...EVENT, details })).toEqual(digestOf(EVENT));
  });

  it.each([
    ['time', { at: new Date('2026-11-20T12:00:00.124Z') }],
    ['actor kind', { actorKind: 'token' }],
    ['actor id', { actorId: 'x' }],
    ['actor name', { actorName: 'eve' }],
    ['actor role', { actorRole: 'viewer' }],
    ['address', { address: null }],
    ['correlation id', { correlationId: 'c2' }],
    ['action', { action: 'server.delete' }],
    ['object type', { objectType: 'token' }],
    ['object id', { objectId: 's2' }],
    ['object name', { objectName: null }],
    ['outcome', { outcome: 'failure' as const }],
    ['a detail', { details: { b: 2, a: { d: [1, { z: 1, y: 2 }], c: null } } }],
    ['the order of a list', { details: { b: 1, a: { d: [{ z: 1, y: 2 }, 1], c: null } } }],
    ['the id', { id: '01990000-0000-7000-8000-000000000003' }],
  ])('changes with the %s', (_name, change) => {
    expect(digestOf({ ...EVENT, ...change })).not.toEqual(digestOf(EVENT));
  });

  it('does not let text move from one column to its neighbour', () => {
    const left = { ...EVENT, actorId: 'ab', actorName: 'c' };
    const right = { ...EVENT, actorId: 'a', actorName: 'bc' };

    expect(digestOf(left)).not.toEqual(digestOf(right));
  });

  it('tells a list of pairs from an object', () => {
    const list = { ...EVENT, details: { x: [['a', 1]] } };
    const object = { ...EVENT, details: { x: { a: 1 } } };

    expect(digestOf(list)).not.toEqual(digestOf(object));
  });
});

describe('linkHash', () => {
  it('depends on what came before', () => {
    const digest = digestOf(EVENT);

    expect(linkHash(Buffer.alloc(32, 1), digest)).not.toEqual(linkHash(Buffer.alloc(32), digest));
  });
});

describe('storableDetails', () => {
  it('redacts secrets and drops what JSON has no word for', () => {
    const details = { token: new Secret('canary-1b'), gone: undefined, at: new Date(0) };

    expect(storableDetails(details)).toEqual({
      token: '[redacted]',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('takes out what jsonb refuses, in keys and values', () => {
    expect(storableDetails({ 'a\0': ['\ud800', 'b\0'] })).toEqual({
      'a\ufffd': ['\ufffd', 'b\ufffd'],
    });
  });

  it('keeps other text as it is', () => {
    expect(storableText('grüße \u{1f600}')).toBe('grüße \u{1f600}');
  });
});
