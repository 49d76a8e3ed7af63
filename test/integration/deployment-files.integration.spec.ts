import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

const SCRIPT = fileURLToPath(
  new URL('../../deployment-tool/scripts/deployment_files', import.meta.url),
);
const run = promisify(execFile);

// Every call starts Python, which takes its time on a busy machine.
jest.setTimeout(120_000);

interface Answer {
  readonly files?: readonly string[];
  readonly changed?: boolean;
  readonly restored?: boolean;
  readonly restorable?: boolean;
  readonly open?: boolean;
}

describe('the files of a deployment on a host', () => {
  let root: string;
  const at = (...parts: string[]): string => path.join(root, ...parts);

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'myx-deployment-'));
    mkdirSync(at('etc'));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** Stages files by their names in `etc`. */
  function stage(version: number, files: Readonly<Record<string, string>>): void {
    const directory = at('staged', String(version));
    mkdirSync(directory, { recursive: true });
    const list = Object.entries(files).map(([name, content], index) => {
      writeFileSync(path.join(directory, String(index)), content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      const target = at('etc', name);
      return {
        name: String(index),
        path: target,
        mode: '0640',
        owner: 'root',
        group: 'root',
        sha256,
      };
    });
    writeFileSync(path.join(directory, 'files.json'), JSON.stringify(list));
  }

  async function call(
    command: string,
    version: number,
    change = `change-${version}`,
  ): Promise<Answer> {
    const { stdout } = await run(SCRIPT, [
      command,
      `--state=${at('state', 'kind')}`,
      '--deployment=one',
      `--version=${version}`,
      `--change=${change}`,
      `--staged=${at('staged', String(version))}`,
    ]);
    return JSON.parse(stdout) as Answer;
  }

  async function apply(version: number, files: Readonly<Record<string, string>>): Promise<void> {
    stage(version, files);
    for (const command of ['begin', 'switch', 'commit']) await call(command, version);
  }

  async function takeBack(version: number): Promise<void> {
    for (const command of ['restore', 'restored']) await call(command, version);
  }

  const content = (name: string): string | null =>
    existsSync(at('etc', name)) ? readFileSync(at('etc', name), 'utf8') : null;

  it('puts files in place and removes those that are not wanted any more', async () => {
    await apply(1, { a: 'a1', b: 'b1' });
    await apply(2, { a: 'a2', 'new/c': 'c2' });

    expect([content('a'), content('b'), content('new/c')]).toEqual(['a2', null, 'c2']);
  });

  it.each([
    { commands: ['begin'] },
    { commands: ['begin', 'switch'] },
    { commands: ['begin', 'switch', 'commit'] },
  ])('restores everything after $commands', async ({ commands }) => {
    await apply(1, { a: 'a1', b: 'b1' });
    stage(2, { a: 'a2', 'new/c': 'c2' });
    for (const command of commands) await call(command, 2);

    expect((await call('pending', 2)).restorable).toBe(true);
    await takeBack(2);

    expect([content('a'), content('b'), content('new/c')]).toEqual(['a1', 'b1', null]);
    expect(existsSync(at('etc', 'new'))).toBe(false);
    expect((await call('pending', 2)).restorable).toBe(false);
  });

  it('restores what was there, not what was deployed', async () => {
    await apply(1, { a: 'a1' });
    writeFileSync(at('etc', 'a'), 'made by hand');
    stage(2, { a: 'a2' });
    await call('begin', 2);
    await call('switch', 2);

    await takeBack(2);

    expect(content('a')).toBe('made by hand');
  });

  it('leaves nothing of a first version that is taken back', async () => {
    stage(1, { 'new/a': 'a1' });
    await call('begin', 1);
    await call('switch', 1);

    await takeBack(1);

    expect(existsSync(at('etc', 'new'))).toBe(false);
    expect(existsSync(at('state'))).toBe(false);
  });

  it('tells again what an interrupted restoration put back: the service may not know it', async () => {
    await apply(1, { a: 'a1', b: 'b1' });
    await apply(2, { a: 'a2', b: 'b1' });
    await call('restore', 2);

    expect((await call('pending', 2)).open).toBe(true);
    expect(await call('restore', 2)).toMatchObject({ changed: false, files: [at('etc', 'a')] });
    await call('restored', 2);

    expect([content('a'), content('b')]).toEqual(['a1', 'b1']);
    expect(await call('restore', 2)).toMatchObject({ restored: false });
  });

  it('does not take back another change than the one asked for, also of the same version', async () => {
    await apply(1, { a: 'a1' });
    await apply(2, { a: 'a2' });

    expect((await call('pending', 2, 'another')).restorable).toBe(false);
    expect((await call('restore', 2, 'another')).restored).toBe(false);
    expect((await call('restore', 2, '')).restored).toBe(false);
    expect(content('a')).toBe('a2');
  });

  it('takes back a change that is open, whoever asks', async () => {
    await apply(1, { a: 'a1' });
    stage(2, { a: 'a2' });
    for (const command of ['begin', 'switch']) await call(command, 2);

    expect(await call('pending', 1, '')).toMatchObject({ open: true, restorable: true });
    expect(await call('restore', 1, '')).toMatchObject({ files: [at('etc', 'a')] });
    expect(content('a')).toBe('a1');
  });

  it('refuses to begin while another change is open', async () => {
    stage(1, { a: 'a1' });
    stage(2, { a: 'a2' });
    await call('begin', 1);

    await expect(call('begin', 2)).rejects.toThrow('not finished');
  });

  it('refuses to begin while a file of an open change is not back', async () => {
    await apply(1, { a: 'a1' });
    stage(2, { a: 'a2' });
    stage(3, { a: 'a3' });
    for (const command of ['begin', 'switch', 'restore']) await call(command, 2);
    writeFileSync(at('etc', 'a'), 'somebody else');

    await expect(call('begin', 3)).rejects.toThrow(at('etc', 'a'));
    expect(content('a')).toBe('somebody else');
  });

  it('begins in place of an open change whose files are back, though it never ended', async () => {
    await apply(1, { a: 'a1' });
    stage(2, { a: 'a2', 'new/b': 'b2' });
    stage(3, { a: 'a3', c: 'c3' });
    for (const command of ['begin', 'switch', 'restore']) await call(command, 2);
    for (const command of ['begin', 'switch']) await call(command, 3);

    expect([content('a'), content('new/b'), content('c')]).toEqual(['a3', null, 'c3']);
    await takeBack(3);
    expect([content('a'), content('new/b'), content('c')]).toEqual(['a1', null, null]);
    expect(existsSync(at('etc', 'new'))).toBe(false);
  });

  it('takes nothing of a first version over: it is removed first', async () => {
    stage(1, { a: 'a1' });
    stage(2, { a: 'a2' });
    for (const command of ['begin', 'switch', 'restore']) await call(command, 1);

    await expect(call('begin', 2)).rejects.toThrow('not finished');
  });

  it('refuses a staged file that was damaged, before it changes anything', async () => {
    await apply(1, { a: 'a1' });
    stage(2, { a: 'a2' });
    writeFileSync(at('staged', '2', '0'), 'other');

    await expect(call('begin', 2)).rejects.toThrow('damaged');
    expect(content('a')).toBe('a1');
  });

  it('writes the same files only once', async () => {
    await apply(1, { a: 'a1' });
    stage(2, { a: 'a1' });
    await call('begin', 2);

    expect(await call('switch', 2)).toMatchObject({ changed: false });
  });
});
