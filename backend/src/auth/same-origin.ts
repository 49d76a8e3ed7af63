import type { IncomingHttpHeaders } from 'node:http';

/** Where a browser says a request came from. `unknown`: it does not say, or it is no browser. */
export type RequestSource = 'same_origin' | 'cross_origin' | 'unknown';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** True when a method must not change anything (RFC 9110, section 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method.toUpperCase());
}

/**
 * Tells whether the page that made a request is ours: by `Sec-Fetch-Site` (Fetch Metadata), else by
 * `Origin`. Scripts cannot set either header.
 *
 * @param own origins under which the manager is reached.
 */
export function requestSource(
  headers: IncomingHttpHeaders,
  own: readonly (string | null)[],
): RequestSource {
  const site = headers['sec-fetch-site'];
  if (typeof site === 'string' && site !== 'none') {
    return site === 'same-origin' ? 'same_origin' : 'cross_origin';
  }
  const { origin } = headers;
  if (origin === undefined) return 'unknown';
  return own.includes(origin) ? 'same_origin' : 'cross_origin';
}
