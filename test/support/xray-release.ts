/**
 * A real Xray for tests. GitHub's releases cannot be reached from everywhere; the Go module proxy can, so
 * the program is built from the module of the same version, once per machine, and packed as releases are.
 *
 * `node test/support/xray-release.ts` builds what is missing; `npm test` does so beside the unit tests.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { arch, homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFileLock } from '../lab/file-lock.ts';
import { cacheDirectory } from '../lab/places.ts';
import { smallGeoip, smallGeosite } from './xray-geodata.ts';
import { zipOf } from './zip-file.ts';

/** The versions that tests install, and the Go module version that each is built from. */
export const TEST_XRAY_VERSIONS = {
  /** What MyX deploys unless told otherwise. */
  current: { version: '26.3.27', module: 'v1.260327.0' },
  /** An older one, for upgrades and rollbacks. */
  previous: { version: '26.2.4', module: 'v1.260204.0' },
} as const;
export type TestXray = keyof typeof TEST_XRAY_VERSIONS;

/** A release archive as a mirror has it, with the program out of it for tests to run. */
export interface TestXrayRelease {
  readonly version: string;
  readonly arch: 'x64' | 'arm64';
  /** Name of the archive as GitHub has it. */
  readonly file: string;
  readonly zip: string;
  readonly sha256: string;
  readonly size: number;
  /** The folder with `xray`, `geoip.dat` and `geosite.dat`. */
  readonly folder: string;
  readonly program: string;
}

const MODULE = 'github.com/xtls/xray-core';
const FILES = ['xray', 'geoip.dat', 'geosite.dat', 'LICENSE', 'README.md'] as const;
const BUILD_SECONDS = 1200;

/** An archive to use for the current version instead of building one. */
const override = process.env.MYX_TEST_XRAY_ZIP;

/**
 * The release of a version, built on its first use on this machine (a minute or two), then cached.
 *
 * @throws Error naming the reason when it can be neither built nor taken from `MYX_TEST_XRAY_ZIP`.
 */
export async function testXrayRelease(which: TestXray = 'current'): Promise<TestXrayRelease> {
  const { version, module } = TEST_XRAY_VERSIONS[which];
  const given = which === 'current' ? override : undefined;
  const source = given === undefined ? module : `zip-${sha256Of(given).slice(0, 16)}`;
  const folder = path.join(cacheRoot(), 'xray', `${version}-${source}-${architecture()}-1`);
  if (!existsSync(folder)) {
    await withFileLock(`${folder}.lock`, BUILD_SECONDS, async () => {
      if (existsSync(folder)) return;
      await fillWhole(folder, (draft) =>
        given === undefined ? build(module, draft) : unpack(given, draft),
      );
    });
  }
  return describeRelease(version, folder, given);
}

/** Builds or unpacks every version that tests use. */
export async function prepareXrayReleases(): Promise<void> {
  for (const which of Object.keys(TEST_XRAY_VERSIONS)) await testXrayRelease(which as TestXray);
}

function describeRelease(
  version: string,
  folder: string,
  given: string | undefined,
): TestXrayRelease {
  const file = architecture() === 'x64' ? 'Xray-linux-64.zip' : 'Xray-linux-arm64-v8a.zip';
  const zip = given ?? path.join(folder, file);
  return {
    ...{ version, arch: architecture(), file, zip, folder },
    sha256: sha256Of(zip),
    size: readFileSync(zip).length,
    program: path.join(folder, 'xray'),
  };
}

async function fillWhole(folder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const draft = mkdtempSync(`${folder}.draft-`);
  try {
    await fill(draft);
    await rename(draft, folder);
  } catch (error) {
    throw new Error(
      'There is no real Xray to test with. It is built from its Go module, which needs go on the PATH or in ' +
        '/usr/local/go/bin and the Go module proxy; or name a release archive in MYX_TEST_XRAY_ZIP.',
      { cause: error },
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Compiles as the project's own releases are compiled, and packs as they are packed. */
async function build(module: string, draft: string): Promise<void> {
  const go = ['/usr/local/go/bin/go'].find((file) => existsSync(file)) ?? 'go';
  await run(
    [go, 'install', '-trimpath', '-ldflags', '-s -w -buildid=', `${MODULE}/main@${module}`],
    { GOBIN: draft, GOFLAGS: '-buildvcs=false', CGO_ENABLED: '0', GOTOOLCHAIN: 'auto' },
  );
  await rename(path.join(draft, 'main'), path.join(draft, 'xray'));
  const listed = await run([go, 'mod', 'download', '-json', `${MODULE}@${module}`], {});
  const { Dir: source } = JSON.parse(listed) as { Dir: string };
  await copyFile(path.join(source, 'LICENSE'), path.join(draft, 'LICENSE'));
  await writeFile(path.join(draft, 'geoip.dat'), smallGeoip());
  await writeFile(path.join(draft, 'geosite.dat'), smallGeosite());
  await writeFile(path.join(draft, 'README.md'), `Built from ${MODULE}@${module} for tests.\n`);
  await pack(draft);
}

async function pack(draft: string): Promise<void> {
  const members = FILES.map(async (name) => ({
    name,
    content: await readFile(path.join(draft, name)),
    mode: name === 'xray' ? 0o755 : 0o644,
  }));
  const file = architecture() === 'x64' ? 'Xray-linux-64.zip' : 'Xray-linux-arm64-v8a.zip';
  await writeFile(path.join(draft, file), zipOf(await Promise.all(members)));
}

const UNPACK =
  'import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z:\n' +
  '    for name in ("xray", "geoip.dat", "geosite.dat"): z.extract(name, sys.argv[2])\n';

async function unpack(zip: string, draft: string): Promise<void> {
  await run(['python3', '-c', UNPACK, zip, draft], {});
  await run(['chmod', '0755', path.join(draft, 'xray')], {});
}

function run(argv: readonly string[], environment: Record<string, string>): Promise<string> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    const errors: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output.join(''));
      else
        reject(new Error(`${argv.join(' ')} ended with ${code}: ${errors.join('').slice(-2000)}`));
    });
  });
}

function architecture(): 'x64' | 'arm64' {
  const name = arch();
  if (name === 'x64' || name === 'arm64') return name;
  throw new Error(`there is no Xray release for ${name}`);
}

/** Root shares the lab's cache; others have one of their own. */
function cacheRoot(): string {
  const root = process.getuid?.() === 0 ? cacheDirectory : path.join(homedir(), '.cache/myx-lab');
  mkdirSync(path.join(root, 'xray'), { recursive: true, mode: 0o700 });
  return root;
}

function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  await prepareXrayReleases();
}
