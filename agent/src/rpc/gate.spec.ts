import { createHash, createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { HEADERS, signingInput } from '@myx/protocol';
import { Gate } from './gate.ts';
import type { GatedRequest } from './gate.ts';

const token = 'a-token';
const key = randomBytes(32);
const now = 1_800_000_000_000;
const emptyDigest = createHash('sha256').digest('hex');

interface Changes {
  readonly method?: string;
  readonly path?: string;
  readonly signedPath?: string;
  readonly token?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly digest?: string;
  readonly key?: Buffer;
  readonly drop?: string;
}

function request(changes: Changes = {}): GatedRequest {
  const method = changes.method ?? 'POST';
  const path = changes.path ?? '/secretpath000000/rpc';
  const timestamp = changes.timestamp ?? String(now);
  const nonce = changes.nonce ?? randomBytes(16).toString('base64url');
  const bodyDigest = changes.digest ?? emptyDigest;
  const signed = { method, path: changes.signedPath ?? path, timestamp, nonce, bodyDigest };
  const headers: Record<string, string> = {
    [HEADERS.token]: changes.token ?? token,
    [HEADERS.timestamp]: timestamp,
    [HEADERS.nonce]: nonce,
    [HEADERS.bodyDigest]: bodyDigest,
    [HEADERS.signature]: createHmac('sha256', changes.key ?? key)
      .update(signingInput(signed))
      .digest('hex'),
  };
  const kept = Object.entries(headers).filter(([name]) => name !== changes.drop);
  return { method, url: path, headers: Object.fromEntries(kept), address: '192.0.2.1' };
}

function gate(clock = { wall: now, monotonic: 1_000_000 }): Gate {
  const made = new Gate({
    rpcPath: 'secretpath000000',
    tokenSha256: createHash('sha256').update(token).digest('hex'),
    secretKey: key.toString('base64url'),
    now: () => clock.wall,
    monotonicNow: () => clock.monotonic,
  });
  clock.monotonic += 600_000;
  return made;
}

describe('Gate', () => {
  it('admits what is right, with its query', () => {
    expect(gate().admit(request())).toEqual({
      resource: 'rpc',
      query: '',
      bodyDigest: emptyDigest,
    });
    const events = request({ method: 'GET', path: '/secretpath000000/events?after=3' });
    expect(gate().admit(events)).toMatchObject({ resource: 'events', query: 'after=3' });
  });

  it.each<[string, Changes]>([
    ['another path', { path: '/secretpath000001/rpc' }],
    ['a longer path', { path: '/secretpath000000/rpc/' }],
    ['another resource', { path: '/secretpath000000/shell' }],
    ['another method', { method: 'GET' }],
    ['another method on files', { method: 'POST', path: '/secretpath000000/files' }],
    ['another token', { token: 'b-token' }],
    ['another key', { key: randomBytes(32) }],
    ['a signature of another path', { signedPath: '/secretpath000000/events' }],
    ['a timestamp too old', { timestamp: String(now - 120_001) }],
    ['a timestamp too far ahead', { timestamp: String(now + 120_001) }],
    ['a timestamp that is no number', { timestamp: '1e13' }],
    ['a short nonce', { nonce: 'abc' }],
    ['a digest that is none', { digest: 'abc' }],
    [
      'a body where none belongs',
      { method: 'GET', path: '/secretpath000000/files', digest: 'a'.repeat(64) },
    ],
    ...Object.values(HEADERS).map((name): [string, Changes] => [`no ${name}`, { drop: name }]),
  ])('refuses %s', (_name, changes) => {
    expect(gate().admit(request(changes))).toBeUndefined();
  });

  it('admits a request once', () => {
    const tested = gate();
    const once = request();

    expect(tested.admit(once)).toBeDefined();
    expect(tested.admit(once)).toBeUndefined();
  });

  it('admits nothing that was signed before it started', () => {
    const clock = { wall: now, monotonic: 0 };
    const tested = gate(clock);
    clock.monotonic = 10_000;

    expect(tested.admit(request({ timestamp: String(now - 12_001) }))).toBeUndefined();
    expect(tested.admit(request({ timestamp: String(now - 11_999) }))).toBeDefined();
  });

  it('is not locked for ever by a wall clock that was ahead when it started', () => {
    const clock = { wall: now + 86_400_000, monotonic: 0 };
    const tested = gate(clock);
    clock.monotonic = 60_000;
    clock.wall = now;

    expect(tested.admit(request())).toBeDefined();
  });

  it('stops looking at the requests of an address that keeps failing', () => {
    const tested = gate();
    for (let count = 0; count < 21; count += 1) tested.admit(request({ token: 'wrong' }));

    expect(tested.admit(request())).toBeUndefined();
    expect(tested.admit({ ...request(), address: '192.0.2.2' })).toBeDefined();
  });
});
