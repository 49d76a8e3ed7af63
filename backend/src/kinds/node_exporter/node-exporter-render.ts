import { createHmac } from 'node:crypto';
import { hash } from '@node-rs/bcrypt';
import type { Rendered, RenderContext, RenderedFile } from '../../deployments/index.js';
import type { NodeExporterConfig } from './node-exporter-config.js';

/** The unit of Debian's package. */
export const UNIT = 'prometheus-node-exporter.service';

/** Where the web configuration and the certificate are. */
const DIRECTORY = '/etc/myx-node-exporter';

const WEB_CONFIG = `${DIRECTORY}/web.yml`;
const CERTIFICATE = `${DIRECTORY}/tls.crt`;
const KEY = `${DIRECTORY}/tls.key`;

/** About 50 ms of work for whoever guesses. */
const BCRYPT_COST = 10;

/** Seconds that the service gets to answer. */
const READY_SECONDS = 20;

/** What a server with a node exporter shall have. */
export async function renderNodeExporter(
  config: NodeExporterConfig,
  { seed }: RenderContext,
): Promise<Rendered> {
  const hashes = await hashesOf(config, seed);
  const web = webConfig(config, hashes);
  const flags = collectorFlags(config);
  const scheme = config.tls.mode === 'off' ? 'http' : 'https';
  return {
    files: [
      file('/etc/systemd/system/prometheus-node-exporter.service.d/myx.conf', dropIn(config, web)),
      ...(web === null ? [] : [{ ...file(WEB_CONFIG, web), mode: '0640', group: 'prometheus' }]),
      ...certificateFiles(config),
    ],
    vars: {
      node_exporter_port: config.port,
      node_exporter_flags: flags,
      myx_ready: {
        unit: UNIT,
        seconds: READY_SECONDS,
        http: [
          { url: `${scheme}://${localHost(config)}:${config.port}/metrics`, status: [200, 401] },
        ],
      },
    },
    secretVars: [],
    unit: UNIT,
    programVersion: null,
    versionCommand: ['dpkg-query', '--show', '--showformat=${Version}', 'prometheus-node-exporter'],
    masks: [...hashes.values()],
  };
}

/** A host as URLs have it. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function file(path: string, content: string): RenderedFile {
  return { path, content, mode: '0644', secret: false };
}

/** Overrides how the package's unit starts the program, and nothing else of it. */
function dropIn(config: NodeExporterConfig, web: string | null): string {
  const { address, port } = config;
  const flags = [
    `--web.listen-address=${urlHost(address)}:${port}`,
    ...(web === null ? [] : [`--web.config.file=${WEB_CONFIG}`]),
    ...collectorFlags(config),
  ];
  return [
    '# Made by MyX; changes are overwritten.',
    '[Service]',
    'ExecStart=',
    `ExecStart=/usr/bin/prometheus-node-exporter ${flags.join(' ')}`,
    '',
  ].join('\n');
}

function collectorFlags({ collectors }: NodeExporterConfig): readonly string[] {
  return [
    ...collectors.enabled.map((name) => `--collector.${name}`),
    ...collectors.disabled.map((name) => `--no-collector.${name}`),
  ];
}

/** The exporter's web configuration (exporter-toolkit); JSON is YAML. Null when none is needed. */
function webConfig(
  { tls, basic_auth: logins }: NodeExporterConfig,
  hashes: ReadonlyMap<string, string>,
): string | null {
  if (tls.mode === 'off' && logins.length === 0) return null;
  const content = {
    ...(tls.mode === 'own' && {
      tls_server_config: { cert_file: CERTIFICATE, key_file: KEY, min_version: 'TLS12' },
    }),
    ...(logins.length > 0 && { basic_auth_users: Object.fromEntries(hashes) }),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function certificateFiles({ tls }: NodeExporterConfig): readonly RenderedFile[] {
  if (tls.mode === 'off') return [];
  return [
    file(CERTIFICATE, tls.certificate),
    { path: KEY, content: tls.key, mode: '0640', group: 'prometheus', secret: true },
  ];
}

/** The salt is the deployment's own and the same at every rendering: an unchanged login is an unchanged file. */
async function hashesOf(
  { basic_auth: logins }: NodeExporterConfig,
  seed: string,
): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const { username, password } of logins) {
    const salt = createHmac('sha256', Buffer.from(seed, 'hex'))
      .update(`node_exporter login ${username}`)
      .digest()
      .subarray(0, 16);
    hashes.set(username, await hash(password, { salt, cost: BCRYPT_COST }));
  }
  return hashes;
}

/** The address under which the server reaches its own exporter. */
function localHost({ address }: NodeExporterConfig): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return urlHost(address);
}
