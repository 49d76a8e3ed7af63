import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditCheckpoint, formatHead, parseHead } from './audit-checkpoint.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'myx-checkpoint-'));
});

afterEach(() => rm(directory, { recursive: true }));

describe('AuditCheckpoint', () => {
  it('knows no head before one was noted', async () => {
    expect(await new AuditCheckpoint(directory).read()).toBeNull();
  });

  it('keeps the last head, for the owner alone, and leaves no other file', async () => {
    const checkpoint = new AuditCheckpoint(directory);

    await checkpoint.write({ seq: 1n, hash: Buffer.alloc(32, 1) });
    await checkpoint.write({ seq: 9_007_199_254_740_993n, hash: Buffer.alloc(32, 2) });

    expect(await checkpoint.read()).toEqual({
      seq: 9_007_199_254_740_993n,
      hash: Buffer.alloc(32, 2),
    });
    expect(await readdir(directory)).toEqual(['audit-checkpoint']);
    expect((await stat(join(directory, 'audit-checkpoint'))).mode & 0o777).toBe(0o600);
  });

  it('does not take a damaged file for "nothing noted"', async () => {
    await writeFile(join(directory, 'audit-checkpoint'), 'garbage');

    await expect(new AuditCheckpoint(directory).read()).rejects.toThrow('cannot be read');
  });
});

describe('parseHead', () => {
  it('is the inverse of formatHead', () => {
    const head = { seq: 42n, hash: Buffer.alloc(32, 0xab) };

    expect(parseHead(formatHead(head))).toEqual(head);
  });

  it.each(['', '42', '42:abc', `-1:${'a'.repeat(64)}`, `42:${'A'.repeat(64)}`])(
    'refuses %j',
    (text) => {
      expect(() => parseHead(text)).toThrow('a head is');
    },
  );
});
