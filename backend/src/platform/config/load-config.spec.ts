import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigError } from './config.error.js';
import { describeConfig } from './config.keys.js';
import { loadConfig } from './load-config.js';

const CANARY = 'canary-51d0';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'myx-config-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

function load(argv: string[] = [], env: Record<string, string> = {}) {
  return loadConfig({ argv, env, cwd });
}

function problems(argv: string[] = [], env: Record<string, string> = {}) {
  try {
    load(argv, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

function write(name: string, content: string, mode = 0o600): string {
  const path = join(cwd, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe('loadConfig', () => {
  it('needs nothing: every key has a default or is optional', () => {
    const config = load();

    expect(config).toMatchObject({
      data_dir: join(cwd, 'data'),
      listen: { host: '127.0.0.1', port: 8080 },
      log: { level: 'info', format: 'json' },
      heartbeat: { min_interval_seconds: 20, max_interval_seconds: 60, auto_repair: false },
      rpc: { timeout_seconds: 30, retries: 3, retry_base_seconds: 1 },
      commands: { output_limit_bytes: 67_108_864, max_concurrent_per_server: 10 },
      install: { rpc_timeout_seconds: 120 },
      operations: { concurrency: 8, lease_seconds: 30 },
      session: { absolute_hours: 12, idle_minutes: 30 },
    });
    expect(config.database.url).toBeUndefined();
    expect(config.redis.url).toBeUndefined();
    expect(Object.isFrozen(config.listen)).toBe(true);
  });

  it('prefers the command line to the environment to the file to the default, key by key', () => {
    write('myx.yaml', 'listen:\n  host: 10.0.0.1\n  port: 1001\nlog:\n  level: warn\n');

    const config = load(['--listen-port=1003'], {
      MYX_LISTEN_PORT: '1002',
      MYX_LOG_LEVEL: 'debug',
    });

    expect(config.listen).toEqual({ host: '10.0.0.1', port: 1003 });
    expect(config.log).toEqual({ level: 'debug', format: 'json' });
  });

  it('finds config.yaml in the data directory before myx.yaml', () => {
    write('elsewhere/config.yaml', 'listen: { port: 1001 }');
    write('myx.yaml', 'listen: { port: 1002 }');

    expect(load([], { MYX_DATA_DIR: 'elsewhere' }).listen.port).toBe(1001);
    expect(load().listen.port).toBe(1002);
  });

  it.each([
    ['--config', (file: string) => load(['--config', file])],
    ['MYX_CONFIG', (file: string) => load([], { MYX_CONFIG: file })],
  ])('reads the file named by %s', (_name, read) => {
    write('named.yaml', 'operations: { concurrency: 3 }');

    expect(read('named.yaml').operations.concurrency).toBe(3);
  });

  it('converts switches, lists and numbers', () => {
    const config = load(['--heartbeat-auto-repair', '--rpc-retries', '0'], {
      MYX_TRUSTED_PROXIES: '10.0.0.1, 192.168.0.0/16',
    });

    expect(config.heartbeat.auto_repair).toBe(true);
    expect(config.rpc.retries).toBe(0);
    expect(config.trusted_proxies).toEqual(['10.0.0.1', '192.168.0.0/16']);
    expect(
      load(['--no-heartbeat-auto-repair'], { MYX_HEARTBEAT_AUTO_REPAIR: 'yes' }).heartbeat
        .auto_repair,
    ).toBe(false);
  });

  it.each([
    [{ DATABASE_URL: `postgres://u:${CANARY}@h/d` }],
    [{ MYX_DATABASE_URL: `postgres://u:${CANARY}@h/d`, DATABASE_URL: 'postgres://other/d' }],
    [{ DATABASE_URL_FILE: 'url' }],
    [{ MYX_DATABASE_URL_FILE: 'url' }],
  ])('takes a secret from %j and wraps it', (env) => {
    write('url', `postgres://u:${CANARY}@h/d\n`);

    const { url } = load([], env).database;

    expect(url?.reveal()).toBe(`postgres://u:${CANARY}@h/d`);
    expect(JSON.stringify({ url })).toBe('{"url":"[redacted]"}');
  });

  it('reports the problems of all sources at once, by name and never by value', () => {
    const file = write(
      'myx.yaml',
      `listen: { prt: 1 }\nextra: ${CANARY}\ndatabase: { url: ${CANARY} }\n`,
      0o644,
    );

    const error = problems(
      ['--nonsense', '--log-level', CANARY, `--redis-url=${CANARY}`, 'stray'],
      {
        MYX_LISTEN_PORT: CANARY,
        MYX_HEARTBEAT_MIN_INTERVAL_SECONDS: '90',
        MYX_SECRETS_MASTER_KEY_FILE: 'absent',
        MYX_TRUSTED_PROXIES: CANARY,
      },
    );

    expect(error.problems.map(({ name }) => name).sort()).toEqual(
      [
        '--nonsense',
        '--redis-url',
        'MYX_SECRETS_MASTER_KEY_FILE',
        'command line',
        'database.url (MYX_DATABASE_URL)',
        'extra',
        'heartbeat.min_interval_seconds (MYX_HEARTBEAT_MIN_INTERVAL_SECONDS)',
        'listen.port (MYX_LISTEN_PORT)',
        'listen.prt',
        'log.level (--log-level)',
        'trusted_proxies.0 (MYX_TRUSTED_PROXIES)',
        file,
      ].sort(),
    );
    expect(error.message).not.toContain(CANARY);
    expect(error.message).toContain('must not be greater than heartbeat.max_interval_seconds');
    expect(error.message).toContain(`chmod 600 ${file}`);
  });

  it.each([
    [
      'a file that was asked for and is absent',
      ['--config', 'absent.yaml'],
      /absent\.yaml: .*ENOENT/,
    ],
    ['an option without its value', ['--listen-port'], /--listen-port: needs a value/],
    ['half a certificate', ['--listen-tls-cert-file', 'c.pem'], /listen\.tls\.key_file/],
    [
      'a per-server limit above the global one',
      ['--commands-max-concurrent', '5'],
      /commands\.max_concurrent_per_server/,
    ],
    [
      'an idle time longer than the session',
      ['--session-idle-minutes', '721'],
      /session\.idle_minutes/,
    ],
    [
      'a timeout out of bounds',
      ['--install-rpc-timeout-seconds', '5'],
      /install\.rpc_timeout_seconds/,
    ],
  ])('refuses %s', (_name, argv, message) => {
    expect(problems(argv).message).toMatch(message);
  });

  it('refuses a secret that is given both directly and by file', () => {
    const error = problems([], { DATABASE_URL: 'postgres://a/b', DATABASE_URL_FILE: 'url' });

    expect(error.problems).toEqual([
      { name: 'DATABASE_URL', message: expect.stringContaining('both set') },
    ]);
  });

  it('does not quote a broken YAML file', () => {
    write('myx.yaml', `database:\n  url: "${CANARY}\n`);

    expect(problems().message).toMatch(/myx\.yaml: cannot be read as YAML/);
    expect(problems().message).not.toContain(CANARY);
  });
});

describe('describeConfig', () => {
  it('derives the names of a key from its place', () => {
    const keys = new Map(describeConfig().map((key) => [key.key, key]));

    expect(keys.get('heartbeat.min_interval_seconds')).toMatchObject({
      env: 'MYX_HEARTBEAT_MIN_INTERVAL_SECONDS',
      option: 'heartbeat-min-interval-seconds',
      kind: 'number',
      default: '20',
      secret: false,
    });
    expect(keys.get('secrets.master_key')).toMatchObject({
      env: 'MYX_SECRETS_MASTER_KEY',
      option: undefined,
      secret: true,
    });
  });

  it('describes every key, and each under a name of its own', () => {
    const keys = describeConfig();

    expect(keys.filter((key) => key.description === '')).toEqual([]);
    expect(new Set(keys.map((key) => key.env)).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(30);
  });
});
