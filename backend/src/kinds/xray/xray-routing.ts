import { parseJsonObjects } from './xray-config.schema.js';
import type { XrayConfig } from './xray-config.schema.js';

/** Tags of what MyX adds to a configuration; those of inbounds never start with `myx-`. */
export const XRAY_TAGS = {
  api: 'myx-api',
  apiInbound: 'myx-api-in',
  canary: 'myx-canary',
  direct: 'myx-direct',
  block: 'myx-block',
} as const;

/** The name of the canary in Xray's log and counters. */
export const CANARY_EMAIL = 'myx-canary';

/**
 * Addresses that are not of the Internet (IANA special-purpose registries), as prefixes and not as
 * `geoip:private`, so that a missing or foreign geoip.dat cannot open them.
 */
const PRIVATE_PREFIXES: readonly string[] = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/127', '64:ff9b:1::/48', '100::/64', '2001:db8::/32', 'fc00::/7', 'fe80::/10', 'ff00::/8'],
];

/** What clients may reach, in the order in which Xray asks: the first rule that fits decides. */
export function routingFor(config: XrayConfig): Record<string, unknown> {
  const rules: Record<string, unknown>[] = [
    { inboundTag: [XRAY_TAGS.apiInbound], outboundTag: XRAY_TAGS.api },
    // Before everything else: the canary ends on one loopback port, wherever it wanted to go.
    { user: [CANARY_EMAIL], outboundTag: XRAY_TAGS.canary },
  ];
  if (!config.stats.enabled) rules.shift();
  if (config.routing.block_private) {
    rules.push({ domain: ['full:localhost', 'domain:localhost'], outboundTag: XRAY_TAGS.block });
    rules.push({ ip: PRIVATE_PREFIXES, outboundTag: XRAY_TAGS.block });
  }
  if (config.routing.block_bittorrent) {
    rules.push({ protocol: ['bittorrent'], outboundTag: XRAY_TAGS.block });
  }
  const custom = parseJsonObjects(config.custom.rules) ?? [];
  // Names are looked up for the rules on addresses: a name that points inwards is blocked too.
  const domainStrategy = config.routing.block_private ? 'IPOnDemand' : 'AsIs';
  const own = rules.map((rule) => ({ type: 'field', ...rule }));
  return { domainStrategy, rules: [...own, ...custom] };
}

/** Where traffic goes; the first one takes what no rule names. */
export function outboundsFor(config: XrayConfig): readonly Record<string, unknown>[] {
  return [
    // As it is named: the system's resolver and both address families, whichever answers first.
    { tag: XRAY_TAGS.direct, protocol: 'freedom' },
    { tag: XRAY_TAGS.block, protocol: 'blackhole' },
    {
      tag: XRAY_TAGS.canary,
      protocol: 'freedom',
      settings: { redirect: `127.0.0.1:${config.canary.port}` },
    },
    ...(parseJsonObjects(config.custom.outbounds) ?? []),
  ];
}
