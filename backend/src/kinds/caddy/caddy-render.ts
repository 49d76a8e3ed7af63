import { createHash } from 'node:crypto';
import type { Rendered, RenderedFile, RenderContext } from '../../deployments/index.js';
import { portOf } from './caddy-conflicts.js';
import type { CaddyConfig, Site, SitesConfig } from './caddy-config.js';
import { generateCaddyfile } from './caddyfile.js';
import { checksOf } from './caddy-checks.js';
import { loginHashes } from './caddy-logins.js';
import { CADDY_PATHS } from './caddy-paths.js';
import { withAdminSocket } from './raw-caddyfile.js';

/** What a server shall have for a configuration. */
export async function renderCaddy(config: CaddyConfig, context: RenderContext): Promise<Rendered> {
  const { files, masks, addedLines } =
    config.mode === 'raw' ? rawFiles(config.caddyfile) : await siteFiles(config, context.seed);
  return {
    files: [...files, dropIn()],
    vars: {
      myx_source: config.source,
      myx_repository_url: config.upstream.repository_url,
      myx_repository_key_url: config.upstream.key_url,
      myx_repository_key_sha256: config.upstream.key_sha256 ?? '',
      myx_adopt: config.adopt,
      myx_added_lines: addedLines,
      myx_ports: config.mode === 'raw' ? [] : portsOf(config.sites),
      myx_ready: checksOf(config),
    },
    secretVars: [],
    unit: 'caddy.service',
    programVersion: null,
    // Caddy makes a folder for its library of certificates in the home of whoever asks for the version.
    versionCommand: ['/usr/bin/env', 'STEPPATH=/', '/usr/bin/caddy', 'version'],
    masks,
  };
}

interface Written {
  readonly files: readonly RenderedFile[];
  readonly masks: readonly string[];
  /** How many lines stand above those that people wrote. */
  readonly addedLines: number;
}

function rawFiles(caddyfile: string): Written {
  const { text, addedLines } = withAdminSocket(caddyfile);
  return { files: [caddyfileOf(text)], masks: [], addedLines };
}

async function siteFiles(config: SitesConfig, seed: string): Promise<Written> {
  const files = new Map<string, RenderedFile>();
  const hashes = new Map<Site, ReadonlyMap<string, string>>();
  for (const site of config.sites) {
    hashes.set(site, await loginHashes(site, seed));
    for (const file of [...certificate(site), ...pages(site)]) files.set(file.path, file);
  }
  const text = generateCaddyfile(config, {
    hashOf: (site, username) => hashes.get(site)?.get(username) ?? '',
    certificateFiles: (site) => certificatePaths(site),
    pageFile,
  });
  const masks = [...hashes.values()].flatMap((logins) => [...logins.values()]);
  return { files: [...files.values(), caddyfileOf(text)], masks, addedLines: 0 };
}

/** Read by Caddy's own user, who must not change it, and by nobody else: it has hashes of passwords. */
function caddyfileOf(content: string): RenderedFile {
  return { path: CADDY_PATHS.caddyfile, content, mode: '0640', group: 'caddy', secret: false };
}

/**
 * Adds what the package's unit lacks: a place for the admin socket, and a start after a crash. And at a
 * reload Caddy opens new sockets beside the old ones (SO_REUSEPORT): connections that wait in an old one are
 * reset when it closes, unless the kernel may hand them over. Kernels before 5.14 cannot.
 */
function dropIn(): RenderedFile {
  const lines = [
    '# Written by MyX.',
    '[Service]',
    "ExecStartPre=-+/bin/sh -c 'exec 2>/dev/null; echo 1 >/proc/sys/net/ipv4/tcp_migrate_req'",
    'RuntimeDirectory=caddy',
    'RuntimeDirectoryMode=0700',
    'Restart=on-failure',
    'RestartSec=2',
  ];
  const content = `${lines.join('\n')}\n`;
  return { path: CADDY_PATHS.dropIn, content, mode: '0644', secret: false };
}

function certificatePaths(site: Site): { certificate: string; key: string } {
  if (site.tls.mode !== 'own') throw new Error('the site has no certificate of its own');
  const name = digest(`${site.tls.certificate}${site.tls.key}`);
  const folder = `${CADDY_PATHS.own}/tls`;
  return { certificate: `${folder}/${name}.crt`, key: `${folder}/${name}.key` };
}

function certificate(site: Site): RenderedFile[] {
  if (site.tls.mode !== 'own') return [];
  const paths = certificatePaths(site);
  const owner = { mode: '0640', group: 'caddy' };
  return [
    { path: paths.certificate, content: site.tls.certificate, ...owner, secret: false },
    { path: paths.key, content: site.tls.key, ...owner, secret: true },
  ];
}

function pageFile(content: string): string {
  return `${CADDY_PATHS.own}/pages/${digest(content)}.html`;
}

function pages(site: Site): RenderedFile[] {
  return site.routes.flatMap((route) =>
    route.type === 'page'
      ? [
          {
            path: pageFile(route.content),
            content: route.content,
            mode: '0644',
            secret: false,
          },
        ]
      : [],
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** What must be free before anything is changed, as `tcp 443`. */
function portsOf(sites: readonly Site[]): string[] {
  const ports = new Set<string>();
  for (const site of sites) {
    ports.add(`tcp ${portOf(site)}`);
    if (site.tls.mode === 'off') continue;
    ports.add(`udp ${portOf(site)}`);
    if (site.redirect_http) ports.add('tcp 80');
  }
  return [...ports].sort();
}
