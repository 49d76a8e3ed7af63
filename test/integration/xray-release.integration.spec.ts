import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { zipOf } from '../support/zip-file.ts';
import type { ZipMember } from '../support/zip-file.ts';

const SCRIPT = path.resolve(import.meta.dirname, '../../deployment-tool/scripts/xray_release');

let folder: string;
let root: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'myx-xray-release-'));
  // Whatever leads out of it is still in a folder of the test's own.
  root = path.join(folder, 'root');
  await mkdir(root);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly answer: { readonly present?: boolean; readonly changed?: boolean };
  readonly error: string;
}

function run(...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(SCRIPT, args, { encoding: 'utf8' });
  const answer = stdout === '' ? {} : (JSON.parse(stdout) as Outcome['answer']);
  return { code: status, answer, error: stderr };
}

/** What stands for the program here: only that it runs and tells its version is looked at. */
function program(version: string): string {
  return `#!/bin/sh\necho "Xray ${version} (a stand-in)"\n`;
}

function members(version: string, more: readonly Partial<ZipMember>[] = []): ZipMember[] {
  const texts = { xray: program(version), 'geoip.dat': 'ip', 'geosite.dat': 'site', LICENSE: 'l' };
  const usual = Object.entries(texts).map(([name, text]) => ({ name, text }));
  const files = usual.map(({ name, text }) => ({ name, content: Buffer.from(text), mode: 0o644 }));
  return [
    ...files,
    ...more.map((each) => ({ name: 'x', content: Buffer.from('x'), mode: 0o644, ...each })),
  ];
}

async function archive(content: readonly ZipMember[]): Promise<{ zip: string; sha256: string }> {
  const bytes = zipOf(content);
  const zip = path.join(root, 'archive.zip');
  await writeFile(zip, bytes);
  return { zip, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function install(version: string, sha256: string, zip?: string): Outcome {
  const place = ['--root', root, '--version', version, '--sha256', sha256];
  return run('install', ...place, ...(zip === undefined ? [] : ['--zip', zip]));
}

async function installed(version: string): Promise<string> {
  const { zip, sha256 } = await archive(members(version));
  expect(install(version, sha256, zip)).toMatchObject({ code: 0, answer: { changed: true } });
  return sha256;
}

describe('xray_release', () => {
  it('unpacks a release once, and knows it again', async () => {
    const { zip, sha256 } = await archive(members('26.3.27'));

    const missing = install('26.3.27', sha256);
    const first = install('26.3.27', sha256, zip);
    const again = install('26.3.27', sha256, zip);
    const there = install('26.3.27', sha256);

    expect(missing.answer).toMatchObject({ present: false, changed: false });
    expect(first.answer).toMatchObject({ present: true, changed: true });
    expect(again.answer).toMatchObject({ present: true, changed: false });
    expect(there.answer).toMatchObject({ present: true, changed: false });
    const { mode } = await lstat(path.join(root, 'releases/26.3.27/xray'));
    expect(mode & 0o777).toBe(0o755);
  });

  it('mends a release that was damaged, and clears what a killed run left', async () => {
    const sha256 = await installed('26.3.27');
    await writeFile(path.join(root, 'releases/26.3.27/geoip.dat'), 'damaged');
    await mkdir(path.join(root, 'releases/.half-done'));

    expect(install('26.3.27', sha256).answer).toMatchObject({ present: false });
    const mended = install('26.3.27', sha256, path.join(root, 'archive.zip'));

    expect(mended.answer).toMatchObject({ changed: true });
    expect(install('26.3.27', sha256).answer).toMatchObject({ present: true });
    const hidden = (await readdir(path.join(root, 'releases'))).filter((name) =>
      name.startsWith('.'),
    );
    expect(hidden).not.toContain('.half-done');
  });

  it.each([
    ['another digest', members('26.3.27'), 'f'.repeat(64), 'digest that is pinned'],
    ['a path out of it', members('26.3.27', [{ name: '../out' }]), '', 'leads out of it'],
    ['an absolute path', members('26.3.27', [{ name: '/out' }]), '', 'leads out of it'],
    ['a file twice', members('26.3.27', [{ name: 'xray' }]), '', 'names a file twice'],
    ['no geodata', members('26.3.27').slice(0, 1), '', 'lacks geoip.dat, geosite.dat'],
    ['another version', members('26.3.26'), '', 'not Xray 26.3.27'],
  ] as const)('refuses an archive with %s', async (_what, content, digest, reason) => {
    const { zip, sha256 } = await archive(content);

    const refused = install('26.3.27', digest === '' ? sha256 : digest, zip);

    expect(refused.code).toBe(1);
    expect(refused.error).toContain(reason);
    expect(existsSync(path.join(root, 'releases/26.3.27'))).toBe(false);
    expect(existsSync(path.join(root, '../out'))).toBe(false);
  });

  it('lets current be what the unit names, and keeps what may be put back', async () => {
    for (const version of ['26.1.1', '26.2.4', '26.3.27']) await installed(version);
    const unit = path.join(root, 'unit');
    const state = path.join(root, 'state');
    await writeFile(unit, 'ExecStart=/opt/myx-xray/releases/26.3.27/xray run\n');
    await mkdir(path.join(state, 'last_good/1'), { recursive: true });
    await writeFile(path.join(state, 'last_good/1/0'), 'ExecStart=/x/releases/26.2.4/xray run\n');
    await symlink('releases/26.1.1', path.join(root, 'current'));

    const pointed = run('point', '--root', root, '--unit', unit);
    const pointedAgain = run('point', '--root', root, '--unit', unit);
    const pruned = run('prune', '--root', root, '--unit', unit, '--state', state);

    expect(pointed.answer.changed).toBe(true);
    expect(pointedAgain.answer.changed).toBe(false);
    expect(await readlink(path.join(root, 'current'))).toBe('releases/26.3.27');
    expect(pruned.answer.changed).toBe(true);
    expect((await readdir(path.join(root, 'releases'))).sort()).toEqual(['26.2.4', '26.3.27']);
  });
});
