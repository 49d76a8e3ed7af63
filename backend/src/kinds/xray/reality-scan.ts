import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseHostPort } from './xray-inbound.schema.js';

/**
 * Sites that are looked at when nobody names any: large, with TLS 1.3 and HTTP/2, and none of those that
 * REALITY itself warns of. Which of them suits a server, only the scan from that server tells.
 */
export const SCAN_CANDIDATES: readonly string[] = [
  'www.nvidia.com',
  'www.amd.com',
  'www.cisco.com',
  'www.samsung.com',
  'www.asus.com',
  'www.logitech.com',
  'www.sony.com',
  'www.oracle.com',
  'www.intel.com',
  'www.tesla.com',
  'addons.mozilla.org',
  'www.python.org',
  'www.lovelive-anime.jp',
  'www.swift.com',
  'www.yahoo.com',
  'www.speedtest.net',
];

/** A site to look at. */
export interface ScanTarget {
  readonly host: string;
  readonly port: number;
}

/** What the scanner on the server saw of one site. */
export const SeenSite = z.object({
  host: z.string(),
  port: z.int(),
  address: z.string().nullable(),
  error: z.object({ layer: z.enum(['dns', 'tcp', 'tls']), message: z.string() }).nullable(),
  certificate_error: z.string().nullable(),
  tls_version: z.string().nullish(),
  alpn: z.string().nullish(),
  certificate: z.base64().nullish(),
  connect_ms: z.number().nullish(),
  handshake_ms: z.number().nullish(),
  x25519: z.boolean().nullish(),
});
export type SeenSite = z.infer<typeof SeenSite>;

/** What the scanner prints. */
export const ScanOutput = z.object({ results: z.array(SeenSite).max(100) });

/** Why a site is not a good target, or what to mind. */
export const SCAN_PROBLEMS = [
  'unreachable',
  'no_tls_1_3',
  'no_x25519',
  'no_http2',
  'certificate_invalid',
  'name_mismatch',
  'not_port_443',
  'avoided_name',
] as const;
export type ScanProblem = (typeof SCAN_PROBLEMS)[number];

/** A site as a camouflage target, judged. */
export interface ScannedSite {
  readonly target: string;
  readonly address: string | null;
  /** True when nothing speaks against it. */
  readonly suitable: boolean;
  readonly problems: { readonly code: ScanProblem; readonly message: string }[];
  readonly tls_version: string | null;
  readonly x25519: boolean;
  readonly http2: boolean;
  readonly certificate: {
    readonly names: string[];
    readonly issuer: string;
    readonly valid_to: string;
  } | null;
  /** From the server: connection and handshake. */
  readonly latency_ms: number | null;
}

/** Reads `host` or `host:port`; undefined when it is neither. */
export function scanTarget(text: string): ScanTarget | undefined {
  const parsed = parseHostPort(text);
  return parsed && { host: parsed.host, port: parsed.port ?? 443 };
}

/** Judges the sites and puts the best first: those that suit, and among them the nearest. */
export function rankSites(sites: readonly SeenSite[]): readonly ScannedSite[] {
  return sites
    .map(judged)
    .toSorted(
      (one, other) =>
        Number(one.latency_ms === null) - Number(other.latency_ms === null) ||
        one.problems.length - other.problems.length ||
        (one.latency_ms ?? Infinity) - (other.latency_ms ?? Infinity) ||
        one.target.localeCompare(other.target),
    );
}

function judged(site: SeenSite): ScannedSite {
  const certificate = certificateOf(site);
  const problems = problemsOf(site, certificate);
  return {
    target: `${site.host.includes(':') ? `[${site.host}]` : site.host}:${String(site.port)}`,
    address: site.address,
    suitable: problems.length === 0,
    problems,
    tls_version: site.tls_version ?? null,
    x25519: site.x25519 ?? false,
    http2: site.alpn === 'h2',
    certificate: certificate && {
      names: namesOf(certificate),
      issuer: issuerOf(certificate),
      valid_to: certificate.validToDate.toISOString(),
    },
    latency_ms: site.error ? null : latencyOf(site),
  };
}

function problemsOf(site: SeenSite, certificate: X509Certificate | null): ScannedSite['problems'] {
  if (site.error) {
    return [{ code: 'unreachable', message: `${site.error.layer}: ${site.error.message}` }];
  }
  const problems: { code: ScanProblem; message: string }[] = [];
  const add = (code: ScanProblem, message: string): void => void problems.push({ code, message });
  if (site.tls_version !== 'TLSv1.3')
    add('no_tls_1_3', `it speaks ${site.tls_version ?? 'no TLS'}`);
  if (site.x25519 !== true) add('no_x25519', 'it does not take X25519 for the key exchange');
  if (site.alpn !== 'h2') add('no_http2', 'it does not speak HTTP/2');
  if (certificate && !matchesName(certificate, site.host)) {
    add('name_mismatch', 'its certificate is for other names');
  } else if (site.certificate_error !== null) {
    add('certificate_invalid', site.certificate_error);
  }
  if (site.port !== 443) add('not_port_443', 'sites are expected on port 443');
  if (isAvoided(site.host)) {
    add('avoided_name', 'REALITY itself warns of this name: such sites are watched or blocked');
  }
  return problems;
}

/** The names that Xray logs a warning for. */
function isAvoided(host: string): boolean {
  return /\.(ru|ir|cn)$/i.test(host) || /apple|icloud|microsoft/i.test(host);
}

function certificateOf({ certificate }: SeenSite): X509Certificate | null {
  if (certificate === null || certificate === undefined) return null;
  try {
    return new X509Certificate(Buffer.from(certificate, 'base64'));
  } catch {
    // A site may send what OpenSSL on the server could read and Node cannot: the site is judged without.
    return null;
  }
}

function matchesName(certificate: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
}

function namesOf({ subjectAltName }: X509Certificate): string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice('DNS:'.length))
    .slice(0, 20);
}

function issuerOf({ issuer }: X509Certificate): string {
  const parts = issuer.split('\n');
  const part =
    parts.find((text) => text.startsWith('O=')) ?? parts.find((text) => text.startsWith('CN='));
  return part?.slice(part.indexOf('=') + 1) ?? '';
}

function latencyOf({ connect_ms: connect, handshake_ms: handshake }: SeenSite): number {
  return Math.round(((connect ?? 0) + (handshake ?? 0)) * 10) / 10;
}
