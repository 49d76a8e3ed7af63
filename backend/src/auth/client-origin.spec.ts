import { describe, expect, it } from '@jest/globals';
import { clientOrigin, networkOf, TrustedProxies } from './client-origin.js';
import type { ClientOrigin, IncomingRequest } from './client-origin.js';

const PROXIES = new TrustedProxies(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);

function originFrom(
  remoteAddress: string,
  headers: IncomingRequest['headers'],
  encrypted?: boolean,
): ClientOrigin {
  const socket = { remoteAddress, ...(encrypted === undefined ? {} : { encrypted }) };
  return clientOrigin({ headers, socket }, PROXIES);
}

describe('clientOrigin', () => {
  it('believes nobody but trusted proxies', () => {
    const claims = {
      host: 'myx.example',
      'x-forwarded-for': '198.51.100.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
    };

    expect(originFrom('203.0.113.5', claims)).toEqual({
      address: '203.0.113.5',
      secure: false,
      self: 'http://myx.example',
    });
  });

  it('takes scheme, host and client from a trusted proxy', () => {
    const headers = {
      host: '127.0.0.1:8080',
      'x-forwarded-for': '198.51.100.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'myx.example',
    };

    expect(originFrom('10.1.2.3', headers)).toEqual({
      address: '198.51.100.1',
      secure: true,
      self: 'https://myx.example',
    });
  });

  it.each([
    ['a made-up start of the chain', '1.1.1.1, 198.51.100.1, 10.0.0.9', '198.51.100.1'],
    ['only proxies', '10.0.0.9', '10.0.0.9'],
    ['garbage', 'localhost', '10.1.2.3'],
    ['nothing', '', '10.1.2.3'],
  ])('finds the client behind %s', (_name, chain, expected) => {
    const headers = { host: 'h', 'x-forwarded-for': chain };

    expect(originFrom('10.1.2.3', headers).address).toBe(expected);
  });

  it('reads IPv4 addresses of a dual-stack socket', () => {
    const headers = { host: 'h', 'x-forwarded-for': '::ffff:198.51.100.1' };

    expect(originFrom('::ffff:192.0.2.7', headers).address).toBe('198.51.100.1');
  });

  it('trusts IPv6 proxies', () => {
    expect(originFrom('2001:db8::5', { host: 'h', 'x-forwarded-proto': 'https' }).secure).toBe(
      true,
    );
  });

  it('sees TLS of its own', () => {
    expect(originFrom('203.0.113.5', { host: 'myx.example:8443' }, true)).toEqual({
      address: '203.0.113.5',
      secure: true,
      self: 'https://myx.example:8443',
    });
  });

  it('leaves out the default port, as browsers do', () => {
    expect(originFrom('203.0.113.5', { host: 'myx.example:443' }, true).self).toBe(
      'https://myx.example',
    );
  });

  it.each([undefined, 'not a host', '', 'a/../b c'])('has no origin for the host %j', (host) => {
    expect(originFrom('203.0.113.5', host === undefined ? {} : { host }).self).toBeNull();
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [null, 'unknown'],
  ])('%s is counted as %s', (address, expected) => {
    expect(networkOf(address)).toBe(expected);
  });
});
