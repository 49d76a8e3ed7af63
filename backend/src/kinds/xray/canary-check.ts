import { clientConfigFor } from './xray-client-config.js';
import { canaryLinksFor } from './share-links.js';
import type { ClientLink } from './share-links.js';
import type { ShareLink } from './share-link.js';
import type { XrayConfig } from './xray-config.schema.js';
import { isBehindCaddy, listenAddressOf, parseHostPort } from './xray-inbound.schema.js';
import type { XrayInbound } from './xray-inbound.schema.js';
import { XRAY_ACCOUNT, XRAY_PATHS } from './xray-unit.js';

/** Seconds that a canary tries: after its start REALITY first learns what its target looks like. */
const CANARY_SECONDS = 30;

/** What `xray_canary.py` reads. Holds the canary's credentials. */
export interface CanaryCheck {
  readonly program: string;
  readonly assets: string;
  readonly user: string;
  readonly page_port: number;
  readonly timeout: number;
  readonly canaries: readonly {
    readonly inbound: string;
    readonly config: unknown;
    readonly target: { readonly host: string; readonly port: number } | null;
  }[];
}

/**
 * How a deployment proves itself on its server: with an Xray client per inbound, configured from the share
 * link of the canary. The link's address is replaced by the loopback one, because not every server
 * reaches itself under its public name; what stands behind Caddy is asked without Caddy's TLS.
 */
export function canaryCheck(config: XrayConfig): CanaryCheck {
  return {
    program: `${XRAY_PATHS.current}/xray`,
    assets: XRAY_PATHS.current,
    user: XRAY_ACCOUNT,
    page_port: config.canary.port,
    timeout: CANARY_SECONDS,
    canaries: canaryLinksFor(config).flatMap((link) => {
      const inbound = config.inbounds.find(({ tag }) => tag === link.inbound);
      return inbound ? [canaryOf(inbound, link)] : [];
    }),
  };
}

function canaryOf(inbound: XrayInbound, { link }: ClientLink): CanaryCheck['canaries'][number] {
  return {
    inbound: inbound.tag,
    config: clientConfigFor(onTheServer(inbound, link)),
    target: inbound.type === 'vless_reality' ? targetOf(inbound.target) : null,
  };
}

function onTheServer(inbound: XrayInbound, link: ShareLink): ShareLink {
  const address = loopbackFor(listenAddressOf(inbound));
  if (!isBehindCaddy(inbound) || link.protocol === 'shadowsocks') {
    return { ...link, address, port: inbound.port };
  }
  return { ...link, address, port: inbound.port, security: { type: 'none' } };
}

/** What a program on the server dials to reach a listener. */
export function loopbackFor(listen: string): string {
  if (listen === '0.0.0.0') return '127.0.0.1';
  return listen === '::' ? '::1' : listen;
}

function targetOf(text: string): { host: string; port: number } | null {
  const parsed = parseHostPort(text);
  return parsed ? { host: parsed.host, port: parsed.port ?? 443 } : null;
}
