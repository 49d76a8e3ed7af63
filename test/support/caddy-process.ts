import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually.ts';
import type { TestCertificate } from './test-certificates.ts';

/** A site on a real Caddy. */
export interface CaddySite {
  readonly host: string;
  readonly port: number;
  readonly certificate: TestCertificate;
  /** Directives of the site. */
  readonly directives: string;
}

/** Starts the machine's Caddy with one site over TLS, apart from whatever else it is used for. */
export async function startCaddy(site: CaddySite): Promise<{ close(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'myx-caddy-'));
  const at = (name: string): string => path.join(folder, name);
  await writeFile(at('site.crt'), site.certificate.certificate);
  await writeFile(at('site.key'), site.certificate.key, { mode: 0o600 });
  await writeFile(at('Caddyfile'), caddyfile(site, at));
  const child = spawn('caddy', ['run', '--config', at('Caddyfile'), '--adapter', 'caddyfile'], {
    env: { PATH: '/usr/bin:/bin', HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const isUp = await eventually(`Caddy listens on ${site.port}`, async () => {
    if (child.exitCode !== null) return false;
    await dial(site.port);
    return true;
  });
  if (isUp) return { close };
  await close();
  throw new Error(`Caddy ended: ${errors.join('')}`);
}

function caddyfile(site: CaddySite, at: (name: string) => string): string {
  return [
    '{',
    '\tadmin off',
    '\tauto_https disable_redirects',
    `\tstorage file_system ${at('storage')}`,
    '}',
    `https://${site.host}:${site.port} {`,
    '\tbind 127.0.0.1',
    `\ttls ${at('site.crt')} ${at('site.key')}`,
    site.directives,
    '}',
    '',
  ].join('\n');
}

function dial(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
