import { z } from 'zod';

/**
 * Placeholders that a text may have; Caddy fills them in for every request. All others are written as
 * plain text: some of them (`{env.*}`, `{file.*}`) would tell what is on the server.
 */
const PLACEHOLDERS = [
  ...['host', 'hostport', 'method', 'path', 'port', 'query', 'remote_host', 'scheme', 'uri'],
  'upstream_hostport',
] as const;

const placeholder = new RegExp(`\\{(?:${PLACEHOLDERS.join('|')})\\}`, 'g');

/**
 * Text of one line that can be written into a Caddyfile as one token. Caddy replaces `{$` before it looks
 * at quotes, takes a token of one brace for a block even when it is quoted, and knows no way to write a
 * backtick inside backticks: these are refused.
 */
export const CaddyText = z
  .string()
  .max(4096)
  .refine((text) => !/[\p{Cc}\u2028\u2029`]/u.test(text), {
    error: 'must be one line without control characters and backticks',
  })
  .refine((text) => !text.includes('{$'), { error: 'must not contain {$' })
  .refine((text) => !['{', '}'].includes(text), { error: 'must not be a single brace' });

/**
 * One token of a Caddyfile that stands for exactly `text`, with the placeholders of {@link PLACEHOLDERS}
 * still being placeholders. `text` has passed {@link CaddyText}.
 */
export function token(text: string): string {
  return quoted(escapedBraces(text));
}

/** One token of a Caddyfile that stands for exactly `text`, where Caddy fills in nothing. */
export function quoted(text: string): string {
  if (/[\p{Cc}`]/u.test(text) || text.includes('{$') || text === '{' || text === '}') {
    throw new Error('a text got past its schema that cannot be written into a Caddyfile');
  }
  return `\`${text}\``;
}

/** Caddy looks for placeholders, and thus for escapes, only in texts that have an opening brace. */
function escapedBraces(text: string): string {
  if (!text.includes('{')) return text;
  let result = '';
  let position = 0;
  for (const match of text.matchAll(placeholder)) {
    result += escapeAll(text.slice(position, match.index)) + match[0];
    position = match.index + match[0].length;
  }
  return result + escapeAll(text.slice(position));
}

function escapeAll(text: string): string {
  return text.replaceAll(/[{}]/g, (brace) => `\\${brace}`);
}

const label = '(?!-)[a-z0-9_-]{1,63}(?<!-)';
const ipv4 = '(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const hostname = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$`);

/** DNS name (also `*.example.org`) or IP address, lower case. International names in punycode. */
export const SiteHost = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(253)
  .refine((host) => isIpAddress(host) || (hostname.test(host) && !/^[\d.]+$/.test(host)), {
    error: 'must be a DNS name such as example.org or *.example.org, or an IP address',
  });

/** Whether `host` is an IP address, of version 6 without brackets. */
export function isIpAddress(host: string): boolean {
  return new RegExp(`^${ipv4}$`).test(host) || z.ipv6().safeParse(host).success;
}

/** As it stands in URLs and addresses. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Path or path pattern: `/about`, `/api/*`. */
export const PathPattern = z
  .string()
  .max(512)
  .regex(/^\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*$/, {
    error: 'must start with / and have no spaces, quotes or braces; /api/* means all below /api/',
  });

const urlText = `(?:[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]|\\{(?:${PLACEHOLDERS.join('|')})\\})`;

/** Where a redirect leads: an absolute URL or a path, which may have placeholders such as `{uri}`. */
export const RedirectTarget = z
  .string()
  .max(2048)
  .regex(new RegExp(`^(?:https?://|/(?!/))${urlText}*$`), {
    error: 'must be a URL (https://…) or a path (/…); {uri}, {host} and the like are filled in',
  });

/** Name of an HTTP header. */
export const HeaderName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, { error: 'must have only letters, digits, - and _' });

const upstream = new RegExp(
  `^(?:(?:https?|h2c)://)?(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\\[[0-9A-Fa-f:]+\\])(?::\\d{1,5})?$` +
    `|^unix//[A-Za-z0-9._/-]+$`,
);

/** Where a reverse proxy sends requests: `127.0.0.1:3000`, `https://10.0.0.5:8443`, `unix//run/app.sock`. */
export const Upstream = z
  .string()
  .max(300)
  .regex(upstream, {
    error: 'must be host:port, http://host:port, https://host, h2c://host:port or unix//path',
  })
  .refine((address) => portOf(address) === null || isPort(Number(portOf(address))), {
    error: 'has a port that is not one',
  })
  .refine(
    (address) =>
      schemeOf(address) !== 'http' || portOf(address) !== null || address.startsWith('http:'),
    {
      error: 'needs a port',
    },
  );

/** How an upstream is spoken to. */
export function schemeOf(address: string): 'http' | 'https' | 'h2c' | 'unix' {
  if (address.startsWith('https://')) return 'https';
  if (address.startsWith('h2c://')) return 'h2c';
  return address.startsWith('unix//') ? 'unix' : 'http';
}

function portOf(address: string): string | null {
  return address.startsWith('unix//') ? null : (/:(\d+)$/.exec(address)?.[1] ?? null);
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65_535;
}

/** Absolute path of a folder on the server. */
export const FolderPath = z
  .string()
  .max(1024)
  .regex(/^\/[^\p{Cc}`{}"\\]*$/u, {
    error: 'must be an absolute path without quotes, braces, backslashes and control characters',
  })
  .refine((path) => !path.split('/').includes('..'), { error: 'must not contain ..' });

/** Name for basic authentication. */
export const AuthUsername = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]*$/, { error: 'must have only letters, digits and . _ @ -' })
  // It begins a line, where Caddy takes this word for its directive.
  .refine((name) => name !== 'import', { error: 'must not be “import”' });

/** A password that bcrypt takes as a whole. */
export const AuthPassword = z
  .string()
  .min(1)
  .refine((password) => Buffer.byteLength(password) <= 72, {
    error: 'must have at most 72 bytes: bcrypt ignores what follows',
  })
  .refine((password) => !/\p{Cc}/u.test(password), { error: 'must be one line' });
