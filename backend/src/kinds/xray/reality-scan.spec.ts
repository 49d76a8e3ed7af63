import { describe, expect, it } from '@jest/globals';
import { makeCertificate } from '../../../../test/support/test-certificates.ts';
import { rankSites, SCAN_CANDIDATES, scanTarget } from './reality-scan.js';
import type { SeenSite } from './reality-scan.js';

function seen(changes: Partial<SeenSite> = {}): SeenSite {
  return {
    host: 'one.example',
    port: 443,
    address: '192.0.2.1',
    error: null,
    certificate_error: null,
    tls_version: 'TLSv1.3',
    alpn: 'h2',
    certificate: null,
    connect_ms: 10,
    handshake_ms: 20.04,
    x25519: true,
    ...changes,
  };
}

function codesOf(site: SeenSite): string[] {
  return rankSites([site]).flatMap(({ problems }) => problems.map(({ code }) => code));
}

describe('rankSites', () => {
  it('finds nothing against a good site', () => {
    const [site] = rankSites([seen()]);

    expect(site).toMatchObject({
      target: 'one.example:443',
      suitable: true,
      problems: [],
      http2: true,
      latency_ms: 30,
    });
  });

  it.each([
    ['no_tls_1_3', { tls_version: 'TLSv1.2' }],
    ['no_x25519', { x25519: false }],
    ['no_http2', { alpn: 'http/1.1' }],
    ['certificate_invalid', { certificate_error: 'self-signed certificate' }],
    ['not_port_443', { port: 8443 }],
    ['avoided_name', { host: 'www.microsoft.com' }],
    ['avoided_name', { host: 'one.example.ru' }],
    ['unreachable', { error: { layer: 'dns', message: 'Name or service not known' } }],
  ] as const)('says %s', (code, changes) => {
    expect(codesOf(seen(changes))).toEqual([code]);
  });

  it('compares the names of the certificate with the site', () => {
    const { certificate: pem } = makeCertificate({ commonName: 'one.example' });
    const certificate = pem.replaceAll(/-----[^-]+-----|\s/g, '');

    expect(codesOf(seen({ host: 'other.example', certificate }))).toEqual(['name_mismatch']);
  });

  it('puts those that suit first, the nearest of them before, and the silent ones last', () => {
    const ranked = rankSites([
      seen({ host: 'silent', error: { layer: 'tcp', message: 'timed out' } }),
      seen({ host: 'far', handshake_ms: 300 }),
      seen({ host: 'two-faults', alpn: null, x25519: false, handshake_ms: 1 }),
      seen({ host: 'near', handshake_ms: 3 }),
      seen({ host: 'one-fault', alpn: null, handshake_ms: 1 }),
    ]);

    expect(ranked.map(({ target }) => target.replace(':443', ''))).toEqual([
      'near',
      'far',
      'one-fault',
      'two-faults',
      'silent',
    ]);
  });
});

describe('SCAN_CANDIDATES', () => {
  it('has only names that can be scanned and that REALITY does not warn of', () => {
    for (const candidate of SCAN_CANDIDATES) {
      expect(scanTarget(candidate)).toEqual({ host: candidate, port: 443 });
      expect(codesOf(seen({ host: candidate }))).toEqual([]);
    }
  });
});
