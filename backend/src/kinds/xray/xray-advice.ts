import type { XrayConfig } from './xray-config.schema.js';
import type { XrayInbound, XrayInboundOf } from './xray-inbound.schema.js';
import { isBehindCaddy, parseHostPort } from './xray-inbound.schema.js';
import { isAtLeast } from './xray-version.js';

/** A text in the languages of the UI. */
export interface AdviceText {
  readonly en: string;
  readonly 'zh-CN': string;
}

/** Something that works but may not be wise. Xray's own validator sees none of it. */
export interface XrayAdvice {
  /** What programs branch on. */
  readonly code: keyof typeof TEXTS;
  /** JSON pointer to the value it is about. */
  readonly path: string;
  readonly text: AdviceText;
}

const TEXTS = {
  reality_port_not_443: {
    en: 'REALITY on another port than 443 does not look like a web site and may get the address blocked.',
    'zh-CN': 'REALITY 未使用 443 端口，看起来不像网站，可能导致 IP 被封锁。',
  },
  reality_several_ports: {
    en: 'More than one REALITY inbound on one server is unusual for a web site and draws attention.',
    'zh-CN': '同一服务器上有多个 REALITY 入站，不像普通网站，容易引起注意。',
  },
  reality_risky_country: {
    en: 'Names ending in .ru, .ir or .cn are a poor disguise: choose a site outside of the censor’s reach.',
    'zh-CN': '以 .ru、.ir 或 .cn 结尾的域名不适合作为伪装目标，请选择境外网站。',
  },
  reality_risky_brand: {
    en: 'Sites of Apple, iCloud and Microsoft are known disguises; using them may get the address blocked.',
    'zh-CN': 'Apple、iCloud 和 Microsoft 的网站是已知的伪装目标，可能导致 IP 被封锁。',
  },
  reality_name_not_target: {
    en: 'The name is not the one of the target: its certificate must be valid for it, or clients are refused.',
    'zh-CN': '该域名与目标不同：目标证书必须包含它，否则客户端会被拒绝。',
  },
  reality_empty_short_id: {
    en: 'An empty short id lets clients in without one.',
    'zh-CN': '空的 shortId 允许客户端不提供 shortId。',
  },
  reality_without_vision: {
    en: 'Without Vision, TLS inside TLS can be recognised from the sizes of packets.',
    'zh-CN': '不使用 Vision 时，可以通过数据包大小识别 TLS 套 TLS。',
  },
  reality_client_gate: {
    en: 'A minimal client version turns clients of other families away without a word (they report old versions).',
    'zh-CN': '设置最低客户端版本会静默拒绝其他客户端（它们报告较旧的版本号）。',
  },
  version_breaks_clients: {
    en: 'From 26.9.8 on Xray turns away clients without X25519MLKEM768; many cannot do it yet.',
    'zh-CN': '自 26.9.8 起，Xray 会拒绝不支持 X25519MLKEM768 的客户端，许多客户端尚不支持。',
  },
  deprecated_protocol: {
    en: 'Xray calls this protocol or transport deprecated; prefer VLESS with REALITY or XHTTP for new clients.',
    'zh-CN': 'Xray 已将此协议或传输方式标记为不推荐；新客户端请优先使用 VLESS + REALITY 或 XHTTP。',
  },
  reality_beside_caddy: {
    en: 'REALITY and Caddy cannot both have port 443 of one address.',
    'zh-CN': 'REALITY 和 Caddy 不能同时占用同一地址的 443 端口。',
  },
  private_addresses_open: {
    en: 'Clients can reach the server’s own services and its private networks.',
    'zh-CN': '客户端可以访问服务器自身的服务及其内部网络。',
  },
} as const satisfies Record<string, AdviceText>;

/** What a person should know about a configuration before it is applied; empty when there is nothing. */
export function adviseXray(config: XrayConfig): readonly XrayAdvice[] {
  const found: XrayAdvice[] = [];
  const add = (code: XrayAdvice['code'], path: string): void => {
    found.push({ code, path, text: TEXTS[code] });
  };
  if (isAtLeast(config.version, '26.9.8')) add('version_breaks_clients', '/version');
  if (!config.routing.block_private) add('private_addresses_open', '/routing/block_private');
  let realities = 0;
  for (const [index, inbound] of config.inbounds.entries()) {
    const path = `/inbounds/${index}`;
    if (inbound.type === 'vless_reality') {
      realities += 1;
      if (realities === 2) add('reality_several_ports', path);
      for (const [code, field] of realityAdvice(inbound)) add(code, `${path}/${field}`);
      if (sharesPortWithCaddy(inbound, config.inbounds))
        add('reality_beside_caddy', `${path}/port`);
    } else if (inbound.type !== 'vless_xhttp') {
      add('deprecated_protocol', `${path}/type`);
    }
  }
  return found;
}

type Found = readonly [code: XrayAdvice['code'], field: string];

function realityAdvice(inbound: XrayInboundOf<'vless_reality'>): readonly Found[] {
  const found: Found[] = [];
  const target = parseHostPort(inbound.target)?.host.toLowerCase();
  if (inbound.port !== 443) found.push(['reality_port_not_443', 'port']);
  if (inbound.flow === '') found.push(['reality_without_vision', 'flow']);
  if (inbound.short_ids.includes('')) found.push(['reality_empty_short_id', 'short_ids']);
  const gate = inbound.min_client_version;
  if (gate !== null && isAtLeast(gate, '1.8.3')) {
    found.push(['reality_client_gate', 'min_client_version']);
  }
  for (const [index, name] of inbound.server_names.map((each) => each.toLowerCase()).entries()) {
    const field = `server_names/${index}`;
    if (/\.(?:ru|ir|cn)$/.test(name)) found.push(['reality_risky_country', field]);
    if (/apple|icloud|microsoft/.test(name)) found.push(['reality_risky_brand', field]);
    if (name !== target) found.push(['reality_name_not_target', field]);
  }
  return found;
}

function sharesPortWithCaddy(
  reality: XrayInboundOf<'vless_reality'>,
  inbounds: readonly XrayInbound[],
): boolean {
  return inbounds.some((other) => isBehindCaddy(other) && other.public_port === reality.port);
}
