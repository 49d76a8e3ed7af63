import type { Rendered, RenderContext, ResultItem } from '../../deployments/index.js';
import { checksOf, siteUrl } from './caddy-checks.js';
import { portOf } from './caddy-conflicts.js';
import type { CaddyConfig, Site } from './caddy-config.js';

/** What an apply does besides writing the files. */
export function caddyCommands(config: CaddyConfig, rendered: Rendered): readonly string[] {
  const source =
    config.source === 'upstream'
      ? `apt-get install caddy (from ${config.upstream.repository_url}; only when it is missing)`
      : 'apt-get install caddy (from the distribution; only when it is missing)';
  const adopted = config.adopt
    ? 'A Caddy that is on the server already is taken over: its Caddyfile is kept and put back by an uninstallation'
    : 'A Caddy that is on the server already and is not managed by MyX stops the operation before anything is changed';
  return [
    source,
    adopted,
    'caddy validate --adapter caddyfile (as the user caddy, on a copy; nothing is replaced when it fails)',
    'net.ipv4.tcp_migrate_req = 1 (when the unit starts: connections that wait while Caddy reloads are handed over)',
    activation(config),
    `systemctl is-active ${rendered.unit ?? 'caddy.service'}, and a request to every site from the server itself`,
    ...(config.outside_check ? ['A request to every site from the manager'] : []),
  ];
}

function activation(config: CaddyConfig): string {
  if (config.mode === 'sites' && config.admin === 'off') {
    return 'systemctl restart caddy.service (the admin endpoint is off, so Caddy cannot reload: connections break for a moment)';
  }
  return 'systemctl reload caddy.service (no request is lost; restarted instead when it does not run yet, or when its unit or admin endpoint changes)';
}

/** The addresses of the sites. */
export function caddyResult(config: CaddyConfig, context: RenderContext): readonly ResultItem[] {
  const label = { en: 'Site', 'zh-CN': '站点' };
  if (config.mode === 'raw') {
    return checksOf(config).checks.map(({ url }) => ({ label, value: url, kind: 'url' }));
  }
  return config.sites
    .flatMap((site) => urlsOf(site, context.serverHost))
    .map((value) => ({ label, value, kind: 'url' }));
}

function urlsOf(site: Site, serverHost: string): string[] {
  const scheme = site.tls.mode === 'off' ? 'http' : 'https';
  const named = site.hosts.filter((host) => !host.startsWith('*.'));
  const hosts = site.hosts.length === 0 ? [serverHost] : named;
  return hosts.map((host) => siteUrl(scheme, host, portOf(site)));
}
