import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { configWith, hostileTexts, TAME } from '../../../../test/support/hostile-caddy-config.ts';
import { ensureSystemPackages } from '../../../../test/support/system-packages.ts';
import { CaddyConfig } from './caddy-config.js';
import { CADDY_PATHS } from './caddy-paths.js';
import { renderCaddy } from './caddy-render.js';

const context = {
  deploymentId: '0c8a3c2e-0000-4000-8000-000000000000',
  serverHost: '192.0.2.1',
  arch: 'x64',
  seed: '5'.repeat(64),
} as const;

let folder: string;

beforeAll(async () => {
  const packages = await ensureSystemPackages(['caddy']);
  if (!packages.ok) throw new Error(packages.reason);
  folder = mkdtempSync(path.join(tmpdir(), 'myx-caddyfile-'));
}, 300_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Adapted {
  readonly code: number | null;
  readonly json: string;
  readonly complaint: string;
}

/** What the real Caddy makes of a configuration. */
async function adapted(config: unknown): Promise<Adapted> {
  const rendered = await renderCaddy(CaddyConfig.parse(config), context);
  const caddyfile = rendered.files.find((file) => file.path === CADDY_PATHS.caddyfile);
  const file = path.join(folder, 'Caddyfile');
  writeFileSync(file, caddyfile?.content ?? '');
  const result = spawnSync('caddy', ['adapt', '--config', file, '--adapter', 'caddyfile'], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', HOME: folder },
  });
  return { code: result.status, json: result.stdout, complaint: result.stderr };
}

/** The handlers of a configuration in their order, and how many routes it has. */
function handlers(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(handlers);
  const parsed = z.record(z.string(), z.unknown()).safeParse(value);
  if (!parsed.success) return [];
  const { handler, ...rest } = parsed.data;
  const own = typeof handler === 'string' ? [handler] : [];
  return [...own, ...Object.values(rest).flatMap(handlers)];
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strings);
}

describe('a generated Caddyfile', () => {
  it('means the same to Caddy whatever the texts in it are', async () => {
    const tame = await adapted(configWith(TAME));
    expect(tame).toMatchObject({ code: 0 });
    const wanted = handlers(JSON.parse(tame.json)).sort();

    await fc.assert(
      fc.asyncProperty(hostileTexts, async (texts) => {
        const result = await adapted(configWith({ ...texts, upstream: TAME.upstream }));

        expect(result).toMatchObject({ code: 0 });
        const json: unknown = JSON.parse(result.json);
        expect(handlers(json).sort()).toEqual(wanted);
        expect(strings(json)).toContain(texts.root);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  }, 300_000);

  it.each([
    ['the admin endpoint on the socket', { mode: 'raw', caddyfile: ':8080 {\n\trespond hi\n}\n' }],
    [
      'options kept',
      { mode: 'raw', caddyfile: '{\n\tgrace_period 3s\n}\n:8080 {\n\trespond hi\n}\n' },
    ],
  ])('of people’s own has %s', async (_what, config) => {
    const result = await adapted(config);

    expect(result).toMatchObject({ code: 0 });
    expect(JSON.parse(result.json)).toMatchObject({
      admin: { listen: `unix/${CADDY_PATHS.adminSocket}` },
      apps: { http: { servers: { srv0: { listen: [':8080'] } } } },
    });
  });

  it('adapts with every option', async () => {
    const result = await adapted({
      mode: 'sites',
      email: 'a@example.org',
      acme_directory: 'https://acme.example.org/directory',
      admin: 'off',
      sites: [
        {
          hosts: ['10.1.2.3', '2001:db8::1', '*.a.test'],
          port: 8443,
          tls: { mode: 'internal' },
          access_log: true,
          headers: [
            { name: 'A', value: 'a b' },
            { name: 'B', action: 'append', value: '{host}' },
            { name: 'C', action: 'remove' },
          ],
          basic_auth: [{ username: 'bob', password: 'secret' }],
          routes: [
            {
              type: 'reverse_proxy',
              path: '/a/*',
              strip_prefix: true,
              upstreams: ['https://backend.test', 'https://10.0.0.9:8443'],
              policy: 'cookie',
              health: { path: '/up', status: 204 },
              max_fails: 2,
              request_headers: [{ name: 'X-Real-IP', value: '{remote_host}' }],
              tls_server_name: 'backend.test',
            },
            { type: 'reverse_proxy', path: '/b/*', upstreams: ['h2c://127.0.0.1:9000'] },
            { type: 'reverse_proxy', path: '/c', upstreams: ['unix//run/app.sock'] },
            { type: 'folder', root: '/srv/a b', browse: true },
          ],
        },
      ],
    });

    expect(result).toMatchObject({ code: 0 });
    expect(JSON.parse(result.json)).toMatchObject({ admin: { disabled: true } });
    expect(strings(JSON.parse(result.json))).toContain('/srv/a b');
  });

  it('has the same bytes at every rendering, and no password', async () => {
    const config = CaddyConfig.parse({
      mode: 'sites',
      sites: [
        {
          tls: { mode: 'off' },
          basic_auth: [{ username: 'bob', password: 'correct horse battery' }],
          routes: [{ type: 'respond' }],
        },
      ],
    });

    const [first, second] = [
      await renderCaddy(config, context),
      await renderCaddy(config, context),
    ];

    expect(second.files).toEqual(first.files);
    expect(JSON.stringify(first)).not.toContain('correct horse');
    expect(first.masks).toEqual([expect.stringMatching(/^\$2a\$10\$/)]);
    const other = await renderCaddy(config, { ...context, seed: '6'.repeat(64) });
    expect(other.masks).not.toEqual(first.masks);
  });
});
