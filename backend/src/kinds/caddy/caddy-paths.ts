/** Where things of a Caddy deployment lie on the server. */
export const CADDY_PATHS = {
  caddyfile: '/etc/caddy/Caddyfile',
  /** Certificates and pages, named by their content: old and new never share a file. */
  own: '/etc/caddy/myx',
  adminSocket: '/run/caddy/admin.sock',
  dropIn: '/etc/systemd/system/caddy.service.d/myx.conf',
  /** Root certificate of Caddy's internal authority. */
  internalRoot: '/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt',
} as const;
