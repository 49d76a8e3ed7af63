import type { X509Certificate } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { SiteCheck } from './caddy-checks.js';

/** Which certificates an answer may come with. */
export interface Trust {
  /** PEM; undefined: the authorities that this machine trusts. */
  readonly ca?: string;
  /** The one certificate that it must be, whatever its names. */
  readonly exactly?: X509Certificate;
}

/** What came of asking a site. */
export type SiteAnswer =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'untrusted'; readonly reason: string }
  | { readonly kind: 'silent'; readonly reason: string };

/** Asks a site of a server under its own name, without a proxy and without DNS for that name. */
export function askSite(
  check: SiteCheck,
  serverHost: string,
  trust: Trust,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<SiteAnswer> {
  const target: RequestOptions = {
    host: serverHost,
    port: check.port,
    path: check.path,
    method: 'GET',
    headers: { Host: hostHeader(check, serverHost), 'User-Agent': 'MyX' },
    agent: false,
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]),
  };
  return new Promise((resolve) => {
    const answered = (response: IncomingMessage): void => {
      // Only the status matters: a page may be long.
      response.destroy();
      resolve({ kind: 'answered', status: response.statusCode ?? 0 });
    };
    const request =
      check.scheme === 'http'
        ? httpRequest(target, answered)
        : httpsRequest({ ...target, ...tlsOptions(check, serverHost, trust) }, answered);
    request.on('error', (error: Error) => {
      resolve(failureOf(error));
    });
    request.end();
  });
}

function tlsOptions(check: SiteCheck, serverHost: string, trust: Trust): ConnectionOptions {
  const name = check.host === '' ? serverHost : check.host;
  const { exactly } = trust;
  return {
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
    servername: isIP(name) === 0 ? name : '',
    allowPartialTrustChain: exactly !== undefined,
    checkServerIdentity: (_asked, presented) => {
      if (exactly === undefined) return checkServerIdentity(name, presented);
      return presented.raw.equals(exactly.raw)
        ? undefined
        : new CertificateRefused('it presents another certificate than the configured one');
    },
  };
}

class CertificateRefused extends Error {
  readonly code = 'ERR_TLS_CERT_ALTNAME_INVALID';
}

function hostHeader(check: SiteCheck, serverHost: string): string {
  const host = check.host === '' ? serverHost : check.host;
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const usual = check.scheme === 'http' ? 80 : 443;
  return check.port === usual ? bracketed : `${bracketed}:${check.port}`;
}

/** OpenSSL's verification codes, Node's own name check, and alerts of a server that has no certificate. */
const certificateCode =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_ALTNAME|INVALID_CA|HOSTNAME_MISMATCH|ERR_SSL_)/;

function failureOf(error: Error): SiteAnswer {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const reason =
    error.name === 'TimeoutError' || code === 'ABORT_ERR' ? 'no answer in time' : error.message;
  return { kind: certificateCode.test(code) ? 'untrusted' : 'silent', reason };
}
