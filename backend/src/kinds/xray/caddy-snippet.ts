import type { CaddyInbound } from './xray-inbound.schema.js';

/** What Caddy has to do for an inbound behind it: hand one path of one site to a port of the loopback. */
export interface CaddyRoute {
  /** Site on which the path is taken; every other path stays the site's own. */
  readonly host: string;
  /** Port on which that site answers. */
  readonly port: number;
  /** A route of a site in the kind Caddy, to be put before the site's own. */
  readonly route: {
    readonly type: 'reverse_proxy';
    readonly path: string;
    readonly upstreams: readonly [string];
  };
  /** The same as directives for a Caddyfile that people write themselves. */
  readonly caddyfile: string;
}

/**
 * The route to an inbound behind Caddy. Paths and ports come from the schema, whose alphabet has nothing
 * that means something in a Caddyfile.
 */
export function caddySnippetFor(inbound: CaddyInbound): CaddyRoute {
  const { host, public_port: port } = inbound;
  const isXhttp = inbound.type === 'vless_xhttp';
  // WebSocket asks for the path itself, XHTTP for what lies below it.
  const path = isXhttp ? `${inbound.path}/*` : inbound.path;
  // XHTTP streams both ways at once, which HTTP/1.1 to the upstream would not let through.
  const upstream = `${isXhttp ? 'h2c://' : ''}127.0.0.1:${inbound.port}`;
  return {
    ...{ host, port, route: { type: 'reverse_proxy', path, upstreams: [upstream] } },
    caddyfile: `handle ${path} {\n\treverse_proxy ${upstream}\n}`,
  };
}
