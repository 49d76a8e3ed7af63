import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Parser } from 'tar';
import { packFiles } from './tool-archive.js';
import { MANIFEST, readTree } from './tool-tree.js';
import type { ToolTree } from './tool-tree.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'myx-tool-'));
  await put('tool/VERSION', '1.2.3\n');
  await put('tool/scripts/run', '#!/bin/sh\n', 0o755);
  await put('books/one.yml', '- hosts: all\n', 0o600);
});

afterEach(() => rm(directory, { recursive: true }));

async function put(file: string, text: string, mode = 0o644): Promise<void> {
  const place = path.join(directory, file);
  await mkdir(path.dirname(place), { recursive: true });
  await writeFile(place, text);
  await chmod(place, mode);
}

function read(): Promise<ToolTree> {
  return readTree([
    { directory: path.join(directory, 'tool'), target: '' },
    { directory: path.join(directory, 'books'), target: 'playbooks' },
  ]);
}

describe('readTree', () => {
  it('reads every file with its one bit of mode, and lists them', async () => {
    const { version, digest, files } = await read();

    expect(version).toBe('1.2.3');
    expect(files.map(({ path: place, mode }) => [place, mode])).toEqual([
      ['VERSION', '0644'],
      ['playbooks/one.yml', '0644'],
      ['scripts/run', '0755'],
      [MANIFEST, '0644'],
    ]);
    const manifest = files.at(-1)!;
    expect(manifest.sha256).toBe(digest);
    expect(JSON.parse(manifest.bytes.toString())).toMatchObject({
      version: '1.2.3',
      files: [
        { path: 'VERSION', mode: '0644', size: 6, sha256: files[0]!.sha256 },
        { path: 'playbooks/one.yml' },
        { path: 'scripts/run', mode: '0755' },
      ],
    });
  });

  it('is the same for the same files, and another for any other', async () => {
    const first = await read();
    await utimes(path.join(directory, 'tool/VERSION'), 1, 1);
    await put('tool/scripts/.run.swp', 'editing');
    await put('tool/scripts/__pycache__/x.pyc', 'compiled');
    const second = await read();
    await chmod(path.join(directory, 'books/one.yml'), 0o755);
    const third = await read();

    expect(second).toEqual(first);
    expect(packFiles(second.files)).toEqual(packFiles(first.files));
    expect(third.digest).not.toBe(first.digest);
  });

  it.each([
    ['a link', () => symlink('/etc/passwd', path.join(directory, 'tool/link')), /neither a file/],
    ['a strange name', () => put('tool/a b', ''), /cannot be a file/],
    ['the same place twice', () => put('tool/playbooks/one.yml', ''), /twice/],
    ['no version', () => rm(path.join(directory, 'tool/VERSION')), /VERSION/],
    [
      'a name that tar has no room for',
      () => put(`tool/${'x'.repeat(210)}`, ''),
      /cannot be a file/,
    ],
  ])('refuses %s', async (_what, make, reason) => {
    await make();

    await expect(read()).rejects.toThrow(reason);
  });
});

describe('packFiles', () => {
  it('makes an archive that other programs read', async () => {
    const { files } = await read();
    const seen: unknown[] = [];
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        const chunks: Buffer[] = [];
        entry.on('data', (chunk: Buffer) => chunks.push(chunk));
        entry.on('end', () => {
          const { type, mode, uid, gid } = entry;
          seen.push({ path: entry.path, type, mode, uid, gid, bytes: Buffer.concat(chunks) });
        });
      },
    });

    parser.end(packFiles(files));

    expect(seen).toEqual(
      files.map(({ path: place, mode, bytes }) => ({
        path: place,
        type: 'File',
        mode: Number.parseInt(mode, 8),
        uid: 0,
        gid: 0,
        bytes,
      })),
    );
  });
});
