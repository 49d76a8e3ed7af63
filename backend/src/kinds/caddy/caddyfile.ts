import path from 'node:path';
import { bracketed, isIpAddress, quoted, schemeOf, token } from './caddy-text.js';
import { portOf } from './caddy-conflicts.js';
import { CADDY_PATHS } from './caddy-paths.js';
import type { Site, SiteRoute, SitesConfig } from './caddy-config.js';

/** What the generator needs besides the configuration. */
export interface CaddyfileParts {
  /** The bcrypt hash of a login's password. */
  readonly hashOf: (site: Site, username: string) => string;
  /** Where the certificate and key of a site lie on the server. */
  readonly certificateFiles: (site: Site) => { readonly certificate: string; readonly key: string };
  /** Where the page of a route lies on the server. */
  readonly pageFile: (content: string) => string;
}

/** A line, or a directive with a block. */
type Line = string | { readonly open: string; readonly lines: readonly Line[] };

/**
 * The Caddyfile of a configuration. Every value stands in one quoted token or has passed a schema that
 * leaves no character with a meaning, so that no value can open or close a block or begin a directive.
 */
export function generateCaddyfile(config: SitesConfig, parts: CaddyfileParts): string {
  const blocks: Line[] = [{ open: '', lines: globalOptions(config) }];
  for (const site of config.sites) {
    blocks.push({ open: addresses(site).join(', '), lines: siteLines(site, parts) });
  }
  blocks.push(...httpRedirects(config.sites));
  const text = blocks.map((block) => printed([block], 0).join('\n')).join('\n\n');
  return `# Written by MyX. Changes made here are reported as drift and replaced by the next apply.\n${text}\n`;
}

function printed(lines: readonly Line[], depth: number): string[] {
  const indent = '\t'.repeat(depth);
  return lines.flatMap((line) => {
    if (typeof line === 'string') return [`${indent}${line}`];
    const open = line.open === '' ? '{' : `${line.open} {`;
    return [`${indent}${open}`, ...printed(line.lines, depth + 1), `${indent}}`];
  });
}

function globalOptions(config: SitesConfig): Line[] {
  const lines: Line[] = [
    config.admin === 'off' ? 'admin off' : `admin unix/${CADDY_PATHS.adminSocket}`,
    'auto_https disable_redirects',
    'skip_install_trust',
    `grace_period ${config.grace_seconds}s`,
  ];
  if (config.email !== null) lines.push(`email ${quoted(config.email)}`);
  if (config.acme_directory !== null) lines.push(`acme_ca ${quoted(config.acme_directory)}`);
  // Clients that ask an IP address name no server: such requests get the certificate of the first address.
  const address = config.sites
    .filter((site) => site.tls.mode !== 'off')
    .flatMap((site) => site.hosts)
    .find(isIpAddress);
  if (address !== undefined) lines.push(`default_sni ${quoted(address)}`);
  return lines;
}

function addresses(site: Site): string[] {
  const scheme = site.tls.mode === 'off' ? 'http' : 'https';
  const port = portOf(site);
  const hosts = site.hosts.length === 0 ? [''] : site.hosts.map(bracketed);
  return hosts.map((host) => `${scheme}://${host}:${port}`);
}

function siteLines(site: Site, parts: CaddyfileParts): Line[] {
  const lines: Line[] = [];
  if (site.tls.mode === 'internal') lines.push('tls internal');
  if (site.tls.mode === 'own') {
    const files = parts.certificateFiles(site);
    lines.push(`tls ${quoted(files.certificate)} ${quoted(files.key)}`);
  }
  if (site.access_log) lines.push('log');
  if (site.compression) lines.push('encode zstd gzip');
  for (const header of site.headers) lines.push(`header * ${headerChange(header)}`);
  for (const redirect of site.redirects) {
    lines.push(`redir ${redirect.from} ${token(redirect.to)} ${redirect.permanent ? 301 : 302}`);
  }
  if (site.basic_auth.length > 0) {
    const logins = site.basic_auth.map(
      ({ username }) => `${username} ${quoted(parts.hashOf(site, username))}`,
    );
    // The name that Caddy 2.8 and later have for it is unknown to those before; all know this one.
    lines.push({ open: 'basicauth * bcrypt', lines: logins });
  }
  for (const route of sortedRoutes(site.routes)) lines.push(routeBlock(route, parts));
  if (!site.routes.some((route) => route.path === null)) {
    lines.push({ open: 'handle', lines: ['respond * `` 404'] });
  }
  return lines;
}

/** Caddy takes the longest path first whatever the order: the file shows what happens. */
function sortedRoutes(routes: readonly SiteRoute[]): readonly SiteRoute[] {
  return [...routes].sort((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0));
}

function headerChange(header: Site['headers'][number]): string {
  if (header.action === 'remove') return `-${header.name}`;
  return `${header.action === 'append' ? '+' : ''}${header.name} ${token(header.value)}`;
}

function routeBlock(route: SiteRoute, parts: CaddyfileParts): Line {
  const lines: Line[] = [];
  if (route.strip_prefix && route.path !== null) {
    lines.push(`uri strip_prefix ${route.path.slice(0, -'/*'.length)}`);
  }
  lines.push(...routeLines(route, parts));
  return { open: route.path === null ? 'handle' : `handle ${route.path}`, lines };
}

function routeLines(route: SiteRoute, parts: CaddyfileParts): Line[] {
  switch (route.type) {
    case 'reverse_proxy':
      return [{ open: `reverse_proxy * ${route.upstreams.join(' ')}`, lines: proxyLines(route) }];
    case 'folder': {
      const lines: Line[] = [`root * ${quoted(route.root)}`];
      if (route.single_page) lines.push('try_files {path} /index.html');
      const open = route.browse ? 'file_server * browse' : 'file_server *';
      return [...lines, { open, lines: ['hide .git .env .ht*'] }];
    }
    case 'page': {
      const { dir, base } = path.posix.parse(parts.pageFile(route.content));
      return [`root * ${quoted(dir)}`, `rewrite * ${quoted(`/${base}`)}`, 'file_server *'];
    }
    case 'respond':
      return [`respond * ${token(route.body)} ${route.status}`];
  }
}

function proxyLines(route: Extract<SiteRoute, { type: 'reverse_proxy' }>): Line[] {
  const lines: Line[] = [`lb_policy ${route.policy}`];
  if (route.health) {
    const { path, interval_seconds, timeout_seconds, status } = route.health;
    lines.push(
      `health_uri ${path}`,
      `health_interval ${interval_seconds}s`,
      `health_timeout ${timeout_seconds}s`,
      `health_status ${status ?? '2xx'}`,
    );
  }
  if (route.max_fails > 0) {
    lines.push(`max_fails ${route.max_fails}`, `fail_duration ${route.fail_seconds}s`);
  }
  for (const header of route.request_headers) lines.push(`header_up ${headerChange(header)}`);
  if (schemeOf(route.upstreams[0] ?? '') === 'https') {
    const name = route.tls_server_name;
    const options = name === null ? 'tls' : `tls_server_name ${name}`;
    lines.push({ open: 'transport http', lines: [options] });
  }
  return lines;
}

/** Written out rather than left to Caddy, which can do it for all sites or for none. */
function httpRedirects(sites: readonly Site[]): Line[] {
  const plain = new Set(
    sites
      .filter((site) => site.tls.mode === 'off' && portOf(site) === 80)
      .flatMap((site) => (site.hosts.length === 0 ? [''] : site.hosts)),
  );
  const targets = new Map<string, number>();
  for (const site of sites) {
    if (site.tls.mode === 'off' || !site.redirect_http) continue;
    for (const host of site.hosts.length === 0 ? [''] : site.hosts) {
      if (!plain.has(host) && !targets.has(host)) targets.set(host, portOf(site));
    }
  }
  return [...targets].map(([host, port]) => {
    const suffix = port === 443 ? '' : `:${port}`;
    return {
      open: `http://${bracketed(host)}:80`,
      lines: [`redir * ${token(`https://{host}${suffix}{uri}`)} 308`],
    };
  });
}
