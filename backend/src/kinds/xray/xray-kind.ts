import type {
  Architecture,
  Artefact,
  DeploymentKind,
  Rendered,
  ResultItem,
} from '../../deployments/index.js';
import { isBehindCaddy, listenAddressOf } from './xray-inbound.schema.js';
import type { XrayInbound } from './xray-inbound.schema.js';
import { adviseXray } from './xray-advice.js';
import { canaryCheck, loopbackFor } from './canary-check.js';
import type { ReleaseStore } from './release-store.js';
import { renderXrayConfigFile } from './render-xray-config.js';
import { XRAY_SECRET_PATHS, XrayConfig } from './xray-config.schema.js';
import { xrayForm } from './xray-form.js';
import { shadowsocksKeyFor } from './xray-keys.js';
import { probeXray } from './xray-probe.js';
import {
  releaseDirectory,
  renderCounterScript,
  renderXrayUnit,
  XRAY_ACCOUNT,
  XRAY_PATHS,
  XRAY_UNIT,
} from './xray-unit.js';

/** Where release archives lie on a server that gets them from the manager. */
export const ARCHIVE_DIRECTORY = '/var/lib/myx-agent/uploads/xray';

/** Xray, with releases from this store. */
export function xrayKind(store: ReleaseStore): DeploymentKind<XrayConfig> {
  return {
    name: 'xray',
    title: { en: 'Xray', 'zh-CN': 'Xray' },
    summary: {
      en: 'Proxy server with VLESS, REALITY, Trojan, VMess and Shadowsocks',
      'zh-CN': '支持 VLESS、REALITY、Trojan、VMess 与 Shadowsocks 的代理服务器',
    },
    config: XrayConfig,
    secretPaths: XRAY_SECRET_PATHS,
    form: xrayForm,
    playbooks: { deploy: 'deploy_xray.yml', uninstall: 'uninstall_xray.yml' },
    complete: (input, { serverHost }) => Promise.resolve(withAddress(input, serverHost)),
    render: async (config, { arch }) => renderXray(config, await store.find(config.version, arch)),
    commands: commandsFor,
    artefacts: (config, { arch }) => artefactsFor(store, config, arch),
    probe: (context, _host, target) => probeXray(context, target),
    result: resultOf,
    remains: () => ({
      paths: [
        ...[XRAY_PATHS.root, XRAY_PATHS.configDirectory, XRAY_PATHS.state],
        ...['/run/myx-xray', ARCHIVE_DIRECTORY],
      ],
      units: [XRAY_UNIT],
      users: [XRAY_ACCOUNT],
    }),
  };
}

/** Who names no address is reached where the manager reaches the server: one form may be for many servers. */
function withAddress(input: unknown, serverHost: string): unknown {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  if (!isObject) return input;
  const { address = null } = input as { readonly address?: unknown };
  return address === null ? { ...input, address: serverHost } : input;
}

/** Where a release comes from, as the playbook needs it. */
interface ReleasePlace {
  readonly sha256: string;
  readonly url: string;
}

function renderXray(config: XrayConfig, release: ReleasePlace): Rendered {
  const shared = { owner: 'root', secret: false } as const;
  return {
    files: [
      {
        ...{ ...shared, path: XRAY_PATHS.config, content: renderXrayConfigFile(config) },
        ...{ mode: '0640', group: XRAY_ACCOUNT },
      },
      {
        // Only root reads it; a part of the files, so that a restore looks with the canary of before.
        ...{ path: XRAY_PATHS.canary, content: JSON.stringify(canaryCheck(config)) },
        ...{ owner: 'root', group: 'root', mode: '0600', secret: true },
      },
      {
        ...{ ...shared, path: XRAY_PATHS.counters, content: renderCounterScript() },
        ...{ mode: '0755', group: 'root' },
      },
      {
        ...{ ...shared, path: XRAY_PATHS.unit, content: renderXrayUnit(config) },
        ...{ mode: '0644', group: 'root' },
      },
    ],
    vars: {
      xray_version: config.version,
      xray_runtime: config.runtime,
      xray_release: {
        ...{ sha256: release.sha256, url: release.url },
        archive: config.source === 'manager' ? archivePath(release.sha256) : null,
      },
      myx_ready: {
        unit: XRAY_UNIT,
        tcp: config.inbounds.map((inbound) => ({
          host: loopbackFor(listenAddressOf(inbound)),
          port: inbound.port,
        })),
      },
      xray_masks: secretsOf(config),
    },
    secretVars: ['xray_masks'],
    unit: XRAY_UNIT,
    programVersion: config.version,
    versionCommand: [`${XRAY_PATHS.current}/xray`, 'version'],
    masks: derivedSecrets(config),
  };
}

function artefactsFor(
  store: ReleaseStore,
  config: XrayConfig,
  arch: Architecture,
): Promise<readonly Artefact[]> {
  if (config.source === 'host') return Promise.resolve([]);
  return store.find(config.version, arch).then((release) => [
    {
      path: archivePath(release.sha256),
      sha256: release.sha256,
      mode: '0600',
      open: async (step) => ({ file: await store.archive(release, step) }),
    },
  ]);
}

function commandsFor(config: XrayConfig): readonly string[] {
  const release = releaseDirectory(config.version);
  return [
    ...(config.runtime === 'docker' ? ['docker version (stops here when no engine answers)'] : []),
    `Install Xray ${config.version} into ${release}, from ${config.source === 'manager' ? 'the manager' : 'its mirror'}, unless it is there`,
    `runuser -u ${XRAY_ACCOUNT} -- ${release}/xray run -test -config stdin:`,
    `systemctl restart ${XRAY_UNIT}, when something changed`,
    'Wait until every port listens',
    'Fetch a page through every inbound with an Xray client made from its share link',
    'Remove releases that are neither in use nor the last known good',
    ...adviseXray(config).map(({ path, text }) => `Mind ${path}: ${text.en}`),
  ];
}

function resultOf(config: XrayConfig): readonly ResultItem[] {
  const items: ResultItem[] = config.inbounds.map((inbound) => ({
    label: { en: `Inbound ${inbound.tag}`, 'zh-CN': `入站 ${inbound.tag}` },
    value: describeInbound(config, inbound),
    kind: 'text',
  }));
  const enabled = config.clients.filter((client) => client.enabled).length;
  return [
    ...items,
    { label: { en: 'Clients', 'zh-CN': '客户端' }, value: String(enabled), kind: 'text' },
    { label: { en: 'Version', 'zh-CN': '版本' }, value: config.version, kind: 'text' },
  ];
}

function describeInbound(config: XrayConfig, inbound: XrayInbound): string {
  if (isBehindCaddy(inbound)) {
    return `${inbound.type}: https://${inbound.host}:${String(inbound.public_port)} → 127.0.0.1:${String(inbound.port)}`;
  }
  const place = `${config.address.includes(':') ? `[${config.address}]` : config.address}:${String(inbound.port)}`;
  if (inbound.type === 'shadowsocks_2022') return `${inbound.type}: ${place} (${inbound.method})`;
  return `${inbound.type}: ${place}, looks like ${inbound.target}`;
}

function archivePath(sha256: string): string {
  return `${ARCHIVE_DIRECTORY}/${sha256}.zip`;
}

/** Every secret of a configuration, also those made from others: for masking what the host prints. */
function secretsOf(config: XrayConfig): readonly string[] {
  const people = [config.canary, ...config.clients];
  return [
    ...people.flatMap(({ uuid, password, ss_key: key }) => [uuid, password, key]),
    ...config.inbounds.flatMap((inbound) => {
      if (inbound.type === 'vless_reality') return [inbound.private_key];
      return inbound.type === 'shadowsocks_2022' ? [inbound.server_key] : [];
    }),
    ...derivedSecrets(config),
  ];
}

/** Shorter Shadowsocks methods take the first bytes of a key. */
function derivedSecrets(config: XrayConfig): readonly string[] {
  const keys = [config.canary.ss_key, ...config.clients.map(({ ss_key: key }) => key)];
  return config.inbounds.flatMap((inbound) =>
    inbound.type === 'shadowsocks_2022'
      ? [inbound.server_key, ...keys].map((key) => shadowsocksKeyFor(inbound.method, key))
      : [],
  );
}
