import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgentRuntime } from '@myx/protocol';
import type { AgentArch, ArtefactFile } from '@myx/protocol';
import { Progress } from './progress.ts';
import type { Say } from './progress.ts';
import { run } from './run.ts';
import { RUNTIMES } from './runtimes.ts';

/** Where unpacked and compressed runtimes are kept between builds. */
export const RUNTIME_CACHE = fileURLToPath(
  new URL('../../node_modules/.cache/myx-agent/', import.meta.url),
);

/** How often somebody who waits is told how far it is, milliseconds. */
const BETWEEN_LINES_MS = 5_000;

/** A runtime in the cache. */
export interface CachedRuntime {
  readonly description: AgentRuntime;
  /** The directory that holds `runtime` and the compressed files by their artefact names. */
  readonly directory: string;
}

/** Path of the unpacked executable of an architecture, whether or not it was fetched already. */
export function runtimeExecutable(arch: AgentArch): string {
  return path.join(directoryOf(arch), 'runtime');
}

/**
 * The runtime of an architecture: from the cache, else fetched from the npm registry, checked against
 * the pinned digests, and compressed. The cache entry appears whole or not at all. Making it takes
 * minutes: `say` hears what is done, and how far it is.
 */
export async function fetchRuntime(arch: AgentArch, say: Say): Promise<CachedRuntime> {
  const directory = directoryOf(arch);
  const description = path.join(directory, 'description.json');
  if (!existsSync(description)) {
    await mkdir(RUNTIME_CACHE, { recursive: true });
    const work = await mkdtemp(path.join(RUNTIME_CACHE, 'fetching-'));
    try {
      const made = await make(arch, work, say);
      await writeFile(path.join(work, 'description.json'), JSON.stringify(made, null, 2));
      await rm(directory, { recursive: true, force: true });
      await rename(work, directory);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  const parsed = AgentRuntime.parse(JSON.parse(await readFile(description, 'utf8')));
  return { description: parsed, directory };
}

function directoryOf(arch: AgentArch): string {
  const { version, sha256 } = RUNTIMES[arch];
  return path.join(RUNTIME_CACHE, `bun-${version}-${arch}-${sha256.slice(0, 12)}`);
}

async function make(arch: AgentArch, work: string, say: Say): Promise<AgentRuntime> {
  const { package: source, version, sha256 } = RUNTIMES[arch];
  say(`fetching ${source}@${version} from the npm registry ...`);
  const executable = path.join(work, 'runtime');
  await unpack(arch, work, executable);
  const name = `runtime-bun-${arch}-${sha256}`;
  const xz = path.join(work, `${name}.xz`);
  const gzip = path.join(work, `${name}.gz`);
  // A better level saves a tenth of the size for five times the work, which somebody waits for at the first start.
  await compress(['xz', '-T0', '-1', '--stdout'], executable, xz, say);
  await compress(['gzip', '-6', '--no-name', '--stdout'], executable, gzip, say);
  return {
    name: 'bun',
    version,
    sha256,
    size: (await stat(executable)).size,
    files: { xz: await describe(xz), gzip: await describe(gzip) },
  };
}

async function compress(
  argv: readonly [string, ...string[]],
  executable: string,
  result: string,
  say: Say,
): Promise<void> {
  const { size } = await stat(executable);
  const progress = new Progress(`compressing with ${argv[0]}`, size, say);
  const taken = (bytes: number): void => {
    progress.reached(bytes);
  };
  const timer = setInterval(() => {
    progress.tell();
  }, BETWEEN_LINES_MS);
  try {
    await run(argv, { stdin: { file: executable, taken }, stdout: result });
  } finally {
    clearInterval(timer);
  }
  progress.finished((await stat(result)).size);
}

async function unpack(arch: AgentArch, work: string, executable: string): Promise<void> {
  const { package: name, version, integrity, sha256 } = RUNTIMES[arch];
  const packed = path.join(work, 'packed');
  await mkdir(packed);
  await run(['npm', 'pack', `${name}@${version}`, '--silent', '--pack-destination', packed], {
    cwd: work,
  });
  const archive = path.join(packed, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  const digest = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (`sha512-${digest}` !== integrity) {
    throw new Error(`${name}@${version} is not the pinned package: its digest is sha512-${digest}`);
  }
  await run(['tar', '-xzf', archive, '-C', packed, 'package/bin/bun']);
  await rename(path.join(packed, 'package/bin/bun'), executable);
  await rm(packed, { recursive: true });
  const found = await sha256Of(executable);
  if (found !== sha256) {
    throw new Error(`the executable of ${name}@${version} is not the pinned one: ${found}`);
  }
  await chmod(executable, 0o755);
}

/** Name, size and digest of a file. */
export async function describe(file: string): Promise<ArtefactFile> {
  return {
    file: path.basename(file),
    size: (await stat(file)).size,
    sha256: await sha256Of(file),
  };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
