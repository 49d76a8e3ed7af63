import type { CaddyInbound } from './xray-inbound.schema.js';

/** What Caddy has to do for an inbound behind it: hand one path of one site to a port of the loopback. */
export interface CaddyRoute {
  /** Site on which the path is taken; every other path stays the site's own. */
  readonly host: string;
  /** The path itself and everything below it. */
  readonly path: string;
  /** Upstream as Caddy's reverse_proxy takes it. */
  readonly upstream: string;
  /** The directives to put into the site's block of a Caddyfile. */
  readonly caddyfile: string;
}

/**
 * The route to an inbound behind Caddy. Paths and ports come from the schema, whose alphabet has nothing
 * that means something in a Caddyfile.
 */
export function caddySnippetFor(inbound: CaddyInbound): CaddyRoute {
  const { host, path, port, tag } = inbound;
  const isXhttp = inbound.type === 'vless_xhttp';
  // XHTTP streams both ways at once, which HTTP/1.1 to the upstream would not let through.
  const upstream = isXhttp ? `h2c://127.0.0.1:${port}` : `127.0.0.1:${port}`;
  const lines = [
    `@${tag} path ${path} ${path}/*`,
    `handle @${tag} {`,
    `\treverse_proxy ${upstream}${isXhttp ? ' {' : ''}`,
    ...(isXhttp ? ['\t\tflush_interval -1', '\t}'] : []),
    '}',
  ];
  return { host, path, upstream, caddyfile: lines.join('\n') };
}
