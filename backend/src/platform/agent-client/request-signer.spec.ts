import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { HEADERS } from '@myx/protocol';
import { Secret } from '../crypto/secret.js';
import { digestOf, signedHeaders } from './request-signer.js';

const key = Buffer.alloc(32, 7);
const endpoint = {
  token: new Secret('the-token'),
  secretKey: new Secret(key.toString('base64url')),
};

describe('signedHeaders', () => {
  it('signs method, path, time, nonce and body', () => {
    const body = Buffer.from('{"a":1}');

    const request = { method: 'POST', path: '/p/rpc', bodyDigest: digestOf(body) } as const;

    const headers = signedHeaders(endpoint, request, 1_700.4);

    const digest = createHash('sha256').update(body).digest('hex');
    const nonce = headers[HEADERS.nonce] ?? '';
    const input = ['myx-request-v1', 'POST', '/p/rpc', '1700', nonce, digest].join('\n');
    expect(headers).toEqual({
      [HEADERS.token]: 'the-token',
      [HEADERS.timestamp]: '1700',
      [HEADERS.nonce]: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      [HEADERS.bodyDigest]: digest,
      [HEADERS.signature]: createHmac('sha256', key).update(input).digest('hex'),
    });
  });

  it('never uses a nonce twice', () => {
    const request = { method: 'GET', path: '/p', bodyDigest: digestOf(Buffer.alloc(0)) } as const;

    const nonces = Array.from({ length: 100 }, () => signedHeaders(endpoint, request, 1));

    expect(new Set(nonces.map((headers) => headers[HEADERS.nonce])).size).toBe(100);
  });
});
