import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Progress } from './progress.ts';
import { run } from './run.ts';

const MEBIBYTE = 1024 * 1024;

describe('progress', () => {
  it('says what begins, how far it is when it is asked to, and what came out', () => {
    const lines: string[] = [];
    let now = 0;
    const progress = new Progress(
      'compressing',
      100 * MEBIBYTE,
      (line) => lines.push(line),
      () => now,
    );
    now = 5_000;
    progress.tell();
    progress.reached(62.9 * MEBIBYTE);
    now = 10_000;
    progress.tell();
    now = 12_400;
    progress.finished(30 * MEBIBYTE);

    expect(lines).toEqual([
      'compressing (100 MiB) ...',
      'compressing: 0 % read, 5 s so far',
      'compressing: 62 % read, 10 s so far',
      'compressing: 30 MiB in 12 s',
    ]);
  });
});

describe('a program that is fed a file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'myx-build-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gets all of it, and tells how much it has taken', async () => {
    const [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
    const content = Buffer.alloc(3 * MEBIBYTE, 'myx');
    await writeFile(from, content);
    const reached: number[] = [];

    const taken = (bytes: number): void => void reached.push(bytes);
    await run(['cat'], { stdin: { file: from, taken }, stdout: to });

    expect((await readFile(to)).equals(content)).toBe(true);
    expect(reached.at(-1)).toBe(content.length);
    expect(reached.length).toBeGreaterThan(1);
  });

  it('is blamed by its own words when it ends without reading', async () => {
    const from = path.join(folder, 'from');
    await writeFile(from, Buffer.alloc(3 * MEBIBYTE));

    const failing = run(['sh', '-c', 'echo no room >&2; exit 3'], {
      stdin: { file: from, taken: () => undefined },
    });

    await expect(failing).rejects.toThrow('sh ended with status 3: no room');
  });
});
