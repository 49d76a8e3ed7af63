import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { siteConflicts } from './caddy-conflicts.js';
import {
  AuthPassword,
  AuthUsername,
  CaddyText,
  FolderPath,
  HeaderName,
  isIpAddress,
  PathPattern,
  RedirectTarget,
  schemeOf,
  SiteHost,
  Upstream,
} from './caddy-text.js';

const Port = z.int().min(1).max(65_535);

const Pem = z
  .string()
  .max(64 * 1024)
  .transform((text) => `${text.replaceAll('\r\n', '\n').trim()}\n`);

const OwnTls = z
  .strictObject({
    mode: z.literal('own'),
    certificate: Pem.describe('PEM, with the certificates of the issuers behind it'),
    key: Pem.describe('PEM, without a passphrase'),
  })
  .superRefine((tls, context) => {
    const problem = certificateProblem(tls.certificate, tls.key);
    if (problem) context.addIssue({ code: 'custom', path: [problem.field], message: problem.text });
  });

const SiteTls = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('automatic') }),
  z.strictObject({ mode: z.literal('internal') }),
  OwnTls,
  z.strictObject({ mode: z.literal('off') }),
]);

const Header = z
  .strictObject({
    name: HeaderName,
    action: z.enum(['set', 'append', 'remove']).default('set'),
    value: CaddyText.default(''),
  })
  .refine((header) => header.action === 'remove' || header.value !== '', {
    path: ['value'],
    error: 'must not be empty',
  });

const routePath = {
  path: PathPattern.nullable().default(null).describe('null: everything no other route takes'),
  strip_prefix: z.boolean().default(false).describe('Takes the path before /* away first'),
};

const HealthCheck = z.strictObject({
  path: PathPattern,
  interval_seconds: z.int().min(1).max(3600).default(10),
  timeout_seconds: z.int().min(1).max(60).default(5),
  status: z.int().min(100).max(599).nullable().default(null).describe('null: any 2xx'),
});

const ProxyRoute = z
  .strictObject({
    type: z.literal('reverse_proxy'),
    ...routePath,
    upstreams: z.array(Upstream).min(1).max(20),
    policy: z
      .enum(['random', 'round_robin', 'least_conn', 'first', 'ip_hash', 'cookie'])
      .default('random'),
    health: HealthCheck.nullable().default(null),
    max_fails: z.int().min(0).max(100).default(0).describe('0: upstreams are not set aside'),
    fail_seconds: z.int().min(1).max(3600).default(30),
    request_headers: z.array(Header).max(50).default([]),
    tls_server_name: SiteHost.nullable().default(null),
  })
  .refine((route) => new Set(route.upstreams.map(schemeOf)).size === 1, {
    path: ['upstreams'],
    error: 'must all be spoken to in the same way (http, https, h2c or unix)',
  })
  .refine(
    (route) => route.tls_server_name === null || schemeOf(route.upstreams[0] ?? '') === 'https',
    {
      path: ['tls_server_name'],
      error: 'makes sense for https upstreams only',
    },
  );

const FolderRoute = z.strictObject({
  type: z.literal('folder'),
  ...routePath,
  root: FolderPath,
  browse: z.boolean().default(false).describe('Lists folders that have no index file'),
  single_page: z
    .boolean()
    .default(false)
    .describe('Answers /index.html for files that are not there'),
});

const PageRoute = z.strictObject({
  type: z.literal('page'),
  ...routePath,
  content: z
    .string()
    .min(1)
    .max(256 * 1024)
    .describe('HTML'),
});

const RespondRoute = z.strictObject({
  type: z.literal('respond'),
  ...routePath,
  status: z.int().min(200).max(599).default(200),
  body: CaddyText.default(''),
});

/** What a site does with the requests below a path. */
const SiteRoute = z
  .discriminatedUnion('type', [ProxyRoute, FolderRoute, PageRoute, RespondRoute])
  .refine((route) => !route.strip_prefix || route.path?.endsWith('/*') === true, {
    path: ['strip_prefix'],
    error: 'needs a path that ends in /*',
  });
export type SiteRoute = z.infer<typeof SiteRoute>;

const Redirect = z.strictObject({
  from: PathPattern,
  to: RedirectTarget,
  permanent: z.boolean().default(false).describe('301, which browsers remember; else 302'),
});

const SiteFields = z.strictObject({
  hosts: z.array(SiteHost).max(50).default([]).describe('None: every name'),
  port: Port.nullable().default(null).describe('null: 443 with TLS, else 80'),
  tls: SiteTls,
  redirect_http: z.boolean().default(true).describe('Sends http on port 80 to https'),
  compression: z.boolean().default(true),
  access_log: z.boolean().default(false).describe('To the journal of the unit'),
  headers: z.array(Header).max(50).default([]),
  basic_auth: z
    .array(z.strictObject({ username: AuthUsername, password: AuthPassword }))
    .max(20)
    .default([]),
  redirects: z.array(Redirect).max(200).default([]),
  routes: z.array(SiteRoute).max(50).default([]),
});

/** One site: names, port, TLS, and what it does with requests. */
const Site = SiteFields.superRefine((site, context) => {
  const complain = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  if (site.routes.length === 0 && site.redirects.length === 0) {
    complain(['routes'], 'A site needs a route or a redirect.');
  }
  const repeated = firstRepeated(site.routes.map((route) => route.path));
  if (repeated !== undefined)
    complain(['routes', repeated, 'path'], 'Another route has this path.');
  const from = firstRepeated(site.redirects.map((redirect) => redirect.from));
  if (from !== undefined) complain(['redirects', from, 'from'], 'Another redirect has this path.');
  const user = firstRepeated(site.basic_auth.map((login) => login.username));
  if (user !== undefined) complain(['basic_auth', user, 'username'], 'This name is there twice.');
  const tlsProblem = namesProblem(site.tls.mode, site.hosts);
  if (tlsProblem !== null) complain(['hosts'], tlsProblem);
});
export type Site = z.infer<typeof Site>;

const HttpsUrl = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .regex(/^[A-Za-z0-9._~:/?@!$&()*+,;=%-]+$/, { error: 'has characters that need to be encoded' });

/** Caddy's own package repository; another place when a mirror is used. */
const UpstreamRepository = z.strictObject({
  repository_url: HttpsUrl.default('https://dl.cloudsmith.io/public/caddy/stable/deb/debian'),
  key_url: HttpsUrl.default('https://dl.cloudsmith.io/public/caddy/stable/gpg.key'),
  key_sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: 'must be 64 hexadecimal digits' })
    .nullable()
    .default(null)
    .describe('Digest of the key file; null: what the address answers is taken'),
});

const common = {
  source: z.enum(['distribution', 'upstream']).default('distribution'),
  upstream: UpstreamRepository.prefault({}),
  adopt: z.boolean().default(false).describe('Takes over a Caddy that is on the server already'),
  outside_check: z.boolean().default(true).describe('The manager asks the sites too'),
};

const SitesConfig = z
  .strictObject({
    mode: z.literal('sites'),
    ...common,
    admin: z.enum(['socket', 'off']).default('socket'),
    email: z.email().max(254).nullable().default(null).describe('For the certificate authority'),
    acme_directory: HttpsUrl.nullable().default(null).describe("null: Let's Encrypt, then ZeroSSL"),
    grace_seconds: z.int().min(1).max(60).default(10),
    sites: z.array(Site).min(1).max(100),
  })
  .superRefine((config, context) => {
    for (const conflict of siteConflicts(config.sites)) {
      context.addIssue({
        code: 'custom',
        path: ['sites', conflict.site, conflict.field],
        message: conflict.message,
      });
    }
  });
/** A configuration made of typed sites. */
export type SitesConfig = z.infer<typeof SitesConfig>;

const CheckedUrl = z
  .url({ protocol: /^https?$/ })
  .max(1000)
  .refine((url) => new URL(url).username === '', { error: 'must have no login in it' });

const RawConfig = z.strictObject({
  mode: z.literal('raw'),
  ...common,
  caddyfile: z
    .string()
    .max(512 * 1024)
    .refine((text) => text.trim() !== '', { error: 'must not be empty' })
    .refine((text) => !text.includes('\0'), { error: 'must not contain zero bytes' }),
  checks: z
    .array(
      z.strictObject({
        url: CheckedUrl,
        status: z.int().min(100).max(599).nullable().default(null).describe('null: all but 5xx'),
      }),
    )
    .max(20)
    .default([]),
});
/** A configuration whose Caddyfile people write themselves. */
export type RawConfig = z.infer<typeof RawConfig>;

/** Desired configuration of a Caddy deployment. */
export const CaddyConfig = z
  .discriminatedUnion('mode', [SitesConfig, RawConfig])
  .meta({ id: 'CaddyConfig' });
export type CaddyConfig = z.infer<typeof CaddyConfig>;

/** The secrets in it, as JSON pointers. */
export const CADDY_SECRET_PATHS = ['/sites/*/tls/key', '/sites/*/basic_auth/*/password'] as const;

function firstRepeated(values: readonly (string | null)[]): number | undefined {
  const index = values.findIndex((value, position) => values.indexOf(value) < position);
  return index === -1 ? undefined : index;
}

/** Names that no public authority gives certificates for (RFC 2606, 6761, 6762, 8375 and ICANN). */
const privateName =
  /(?:^|\.)(?:localhost|local|internal|lan|home|corp|test|example|invalid|home\.arpa|localdomain)$/;

function namesProblem(mode: Site['tls']['mode'], hosts: readonly string[]): string | null {
  if (mode === 'off' || mode === 'own') return null;
  if (hosts.length === 0) return 'TLS needs to know the names of the site.';
  if (mode === 'internal') return null;
  const wildcard = hosts.find((host) => host.startsWith('*.'));
  if (wildcard !== undefined) {
    return `${wildcard} cannot be certified automatically: take an own certificate or list the names.`;
  }
  const internal = hosts.find(
    (host) => isIpAddress(host) || !host.includes('.') || privateName.test(host),
  );
  return internal === undefined
    ? null
    : `No public authority certifies ${internal}: take the internal authority or an own certificate.`;
}

function certificateProblem(
  certificate: string,
  key: string,
): { field: 'certificate' | 'key'; text: string } | null {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    return { field: 'certificate', text: 'is not a certificate in PEM' };
  }
  try {
    if (parsed.checkPrivateKey(createPrivateKey(key))) return null;
  } catch {
    return { field: 'key', text: 'is not a private key in PEM without a passphrase' };
  }
  return { field: 'key', text: 'does not belong to the certificate' };
}
