import { bracketed } from './caddy-text.js';
import { portOf } from './caddy-conflicts.js';
import type { CaddyConfig, Site } from './caddy-config.js';

/** One request that shows whether a site answers. Part of `myx_ready`, which the host keeps. */
export interface SiteCheck {
  /** For people: the URL. */
  readonly url: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Whose certificate is expected: a pending automatic one is no failure. */
  readonly tls: Site['tls']['mode'];
  /** The status that is wanted; null: all but a failure of Caddy itself. */
  readonly status: number | null;
  /** Whether what answers may be an upstream, whose failure is not Caddy's. */
  readonly proxied: boolean;
}

/** Longest list of checks: a site with 50 names is not asked 50 times. */
const HOSTS_PER_SITE = 3;

/** The requests that show whether the sites of a configuration answer. */
export function checksOf(config: CaddyConfig): {
  checks: SiteCheck[];
  admin: 'socket' | 'off' | 'raw';
} {
  if (config.mode === 'sites') {
    return { checks: config.sites.flatMap(siteChecks), admin: config.admin };
  }
  const checks = config.checks.map(({ url, status }): SiteCheck => {
    const { protocol, hostname, port, pathname, search } = new URL(url);
    const scheme = protocol === 'https:' ? 'https' : 'http';
    return {
      url,
      scheme,
      host: hostname.replaceAll(/^\[|\]$/g, ''),
      port: port === '' ? { http: 80, https: 443 }[scheme] : Number(port),
      path: `${pathname}${search}`,
      tls: scheme === 'https' ? 'automatic' : 'off',
      status,
      proxied: true,
    };
  });
  return { checks, admin: 'raw' };
}

function siteChecks(site: Site): SiteCheck[] {
  const names = site.hosts.map((host) => host.replace(/^\*\./, 'www.'));
  const hosts = names.length === 0 ? [''] : names.slice(0, HOSTS_PER_SITE);
  const scheme = site.tls.mode === 'off' ? 'http' : 'https';
  const port = portOf(site);
  return hosts.map((host) => ({
    url: siteUrl(scheme, host === '' ? 'localhost' : host, port),
    scheme,
    host,
    port,
    path: '/',
    tls: site.tls.mode,
    status: plannedStatus(site),
    proxied: site.routes.some((route) => route.type === 'reverse_proxy'),
  }));
}

/** The status of a site that answers everything with one, such as 503 while it is being worked on. */
function plannedStatus(site: Site): number | null {
  if (site.basic_auth.length > 0 || site.redirects.some(({ from }) => /^\/\*?$/.test(from)))
    return null;
  const taken = site.routes.find(({ path }) => path === '/' || path === '/*');
  const route = taken ?? site.routes.find(({ path }) => path === null);
  return route?.type === 'respond' ? route.status : null;
}

/** A URL without the port where it is the usual one. */
export function siteUrl(scheme: 'http' | 'https', host: string, port: number): string {
  const usual = { http: 80, https: 443 }[scheme];
  return `${scheme}://${bracketed(host)}${port === usual ? '' : `:${port}`}/`;
}
