import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { CaddyConfig } from './caddy-config.js';
import { caddyForm } from './caddy-form.js';
import type { FormField } from '../../deployments/index.js';

const route = { type: 'respond', body: 'ok' };

function problems(config: unknown): string[] {
  const result = CaddyConfig.safeParse(config);
  return result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

function siteProblems(...sites: unknown[]): string[] {
  return problems({ mode: 'sites', sites });
}

describe('CaddyConfig', () => {
  it.each([
    ['automatic TLS for an IP address', { hosts: ['10.0.0.1'], tls: { mode: 'automatic' } }],
    ['automatic TLS for a private name', { hosts: ['intra.local'], tls: { mode: 'automatic' } }],
    ['automatic TLS for a wildcard', { hosts: ['*.example.org'], tls: { mode: 'automatic' } }],
    ['TLS without a name', { tls: { mode: 'internal' } }],
    ['a port that is none', { tls: { mode: 'off' }, port: 70_000 }],
    ['a name with a port', { hosts: ['a.test:80'], tls: { mode: 'off' } }],
    ['a name with a scheme', { hosts: ['http://a.test'], tls: { mode: 'off' } }],
    ['unknown fields', { tls: { mode: 'off' }, colour: 'red' }],
    ['TLS on port 80', { hosts: ['a.test'], tls: { mode: 'internal' }, port: 80 }],
    [
      'a password that bcrypt would cut',
      { tls: { mode: 'off' }, basic_auth: [{ username: 'a', password: 'ü'.repeat(37) }] },
    ],
  ])('refuses %s', (_what, site) => {
    expect(siteProblems({ ...site, routes: [route] })).not.toEqual([]);
  });

  it.each([
    ['mixed schemes', { type: 'reverse_proxy', upstreams: ['https://a', 'b:80'] }],
    ['an upstream without a port', { type: 'reverse_proxy', upstreams: ['backend'] }],
    ['an upstream with a path', { type: 'reverse_proxy', upstreams: ['http://a:80/x'] }],
    ['a relative folder', { type: 'folder', root: 'srv' }],
    ['a folder above', { type: 'folder', root: '/srv/../etc' }],
    ['a prefix without its star', { type: 'respond', path: '/api', strip_prefix: true }],
  ])('refuses a route with %s', (_what, bad) => {
    expect(siteProblems({ tls: { mode: 'off' }, routes: [bad] })).not.toEqual([]);
  });

  it('refuses sites that claim the same name, and a port with and without TLS', () => {
    const site = { hosts: ['a.test'], tls: { mode: 'off' }, routes: [route] };

    expect(siteProblems(site, site)).toEqual([
      'sites.1.hosts: Another site has a.test on port 80 already.',
    ]);
    expect(
      siteProblems(
        site,
        { hosts: ['b.test'], port: 443, tls: { mode: 'off' }, routes: [route] },
        {
          hosts: ['c.test'],
          tls: { mode: 'internal' },
          routes: [route],
        },
      ),
    ).toEqual(['sites.2.port: Port 443 cannot be with TLS for one site and without for another.']);
  });

  it('says that a key is none, without quoting it', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const site = { tls: { mode: 'own', certificate: 'nonsense', key }, routes: [route] };

    expect(siteProblems(site)).toEqual(['sites.0.tls.certificate: is not a certificate in PEM']);
  });

  it('refuses a site that does nothing, and twice the same path', () => {
    expect(siteProblems({ tls: { mode: 'off' } })).toEqual([
      'sites.0.routes: A site needs a route or a redirect.',
    ]);
    expect(siteProblems({ tls: { mode: 'off' }, routes: [route, route] })).toEqual([
      'sites.0.routes.1.path: Another route has this path.',
    ]);
  });
});

describe('caddyForm', () => {
  it('has a field for everything that can be configured, and no other', () => {
    const known = new Set(
      everyPath(CaddyConfig.toJSONSchema({ io: 'input', unrepresentable: 'any' })),
    );
    const entered = new Set(fieldPaths(caddyForm.fields));

    expect([...entered].sort()).toEqual([...known].sort());
  });
});

function fieldPaths(fields: readonly FormField[]): string[] {
  return fields.flatMap((field) => [
    ...(field.path === '' ? [] : [field.path]),
    ...fieldPaths(field.item ?? field.fields ?? []),
  ]);
}

/** Every property name in a JSON schema, wherever it is. */
function everyPath(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties'
      ? [...Object.keys(value as object), ...everyChild(value)]
      : everyPath(value),
  );
}

function everyChild(properties: unknown): string[] {
  return Object.values(properties as object).flatMap(everyPath);
}
