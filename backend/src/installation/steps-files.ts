import { X509Certificate } from 'node:crypto';
import { AGENT_PATHS } from '@myx/protocol';
import { z } from 'zod';
import { StepFailure } from '../operations/index.js';
import type { StepContext } from '../operations/index.js';
import { normaliseFingerprint } from '../platform/agent-client/index.js';
import { sha256Hex } from '../platform/crypto/index.js';
import type { AgentFile, AgentRelease, Compression } from './agent-artefacts.js';
import {
  ACTIVATE_RELEASE,
  CURRENT_RELEASE,
  DIGESTS,
  FILE_MODE,
  MAKE_PRIVATE_DIRECTORIES,
  MAKE_PROGRAM_DIRECTORIES,
  REMOVE_PATHS,
  STORE_FILE,
} from './host-scripts.js';
import type { InstallMemory, InstallStep } from './install-memory.js';
import type { InstallParts } from './install-parts.js';
import type { InstallSession } from './install-session.js';
import { textOf } from './install-session.js';

type Context = StepContext<InstallMemory>;

/** Faster than this the smaller file of xz is not worth its slower unpacking, bytes a second. */
const FAST_LINK = 4 * 1024 * 1024;

/** Unpacking and checking the runtime on a slow host may take this long, milliseconds. */
const STORE_TIMEOUT_MS = 300_000;

/** Puts the program into the store, unless it is there, and makes it the current release. */
export function uploadStep(parts: InstallParts): InstallStep {
  return {
    name: 'upload',
    title: 'Upload the agent',
    timeoutMs: 1_800_000,
    check: async (context, session) => {
      const release = await releaseFor(parts, context, 'gzip');
      const current = await session.script(context, 'look_failed', CURRENT_RELEASE, [
        AGENT_PATHS.program,
      ]);
      if (current.trim() !== `releases/${release.name}`) return false;
      return (await missingFiles(context, session, release)).length === 0;
    },
    apply: async (context, session) => {
      await session.clearUploads(context);
      await session.script(context, 'directories_failed', MAKE_PROGRAM_DIRECTORIES, [
        AGENT_PATHS.program,
      ]);
      const release = await uploadMissing(parts, context, session);
      await session.script(context, 'activate_failed', ACTIVATE_RELEASE, [
        AGENT_PATHS.program,
        release.name,
        release.runtime.sha256,
        release.bundle.sha256,
      ]);
      context.log(`agent ${release.version} is in place`);
      context.memory.changed = true;
    },
    undo: async (context, session) => {
      await session.clearUploads(context);
      await removePaths(context, session, [AGENT_PATHS.program]);
    },
    leftovers: () => [AGENT_PATHS.program],
  };
}

/** Writes the agent's configuration, readable by root alone. */
export function configureStep({ agents }: InstallParts): InstallStep {
  const contentFor = async ({ serverId }: Context): Promise<Buffer> => {
    const config = await agents.agentConfig(serverId);
    return Buffer.from(`${JSON.stringify(config, null, 2)}\n`);
  };
  const { config, configDirectory, state } = AGENT_PATHS;
  return {
    name: 'configure',
    title: 'Write the configuration',
    check: async (context, session) => {
      const mode = await session.script(context, 'look_failed', FILE_MODE, [config]);
      if (mode.trim() !== '600:0') return false;
      const digests = await digestsOf(context, session, [config]);
      return digests.get(config) === sha256Hex(await contentFor(context));
    },
    apply: async (context, session) => {
      await session.script(context, 'directories_failed', MAKE_PRIVATE_DIRECTORIES, [
        configDirectory,
      ]);
      const bytes = await contentFor(context);
      await session.writeFile(context, config, bytes, '600');
      context.log(`wrote ${config} (0600)`);
      context.memory.changed = true;
    },
    undo: (context, session) => removePaths(context, session, [configDirectory, state]),
    leftovers: () => [configDirectory, state],
  };
}

/** Has the server make its key and certificate, and pins what it made. The key never leaves it. */
export function certificateStep({ agents }: InstallParts): InstallStep {
  return {
    name: 'certificate',
    title: 'Make and pin the certificate',
    check: async (context, session) => {
      const pinned = (await agents.identityOf(context.serverId))?.certificateFingerprint;
      if (pinned === null || pinned === undefined) return false;
      const { exitCode, stdout } = await session.run(context, agentArgv('--print-fingerprint'));
      return exitCode === 0 && fingerprintIn(textOf(stdout)) === pinned;
    },
    apply: async (context, session) => {
      const { exitCode, stdout, stderr } = await session.run(
        context,
        agentArgv('--make-certificate'),
      );
      if (exitCode !== 0) throw agentFailure(textOf(stderr));
      const pem = (await session.readFile(context, AGENT_PATHS.certificate))?.toString('utf8');
      const fingerprint = fingerprintIn(textOf(stdout));
      if (pem === undefined || fingerprint === undefined || fingerprint !== fingerprintOf(pem)) {
        throw agentFailure('it told another certificate than it made');
      }
      await context.transaction((manager) =>
        agents.pinCertificate(manager, context.serverId, { fingerprint, pem }),
      );
      context.log(`pinned certificate SHA-256 ${fingerprint}`);
      context.memory.changed = true;
    },
    undo: (context, session) => removePaths(context, session, [AGENT_PATHS.tls]),
    leftovers: () => [AGENT_PATHS.tls],
  };
}

/** Removes paths and logs those that were there. */
export async function removePaths(
  context: Context,
  session: InstallSession,
  paths: readonly string[],
): Promise<void> {
  const removed = await session.script(context, 'remove_failed', REMOVE_PATHS, paths, {
    timeoutMs: 300_000,
  });
  for (const path of removed.split('\n').filter((line) => line !== '')) {
    context.log(`removed ${path}`);
  }
}

/** SHA-256 sums of those of the files that exist, by path. */
export async function digestsOf(
  context: Context,
  session: InstallSession,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const output = await session.script(context, 'look_failed', DIGESTS, paths);
  return new Map(
    output.split('\n').flatMap((line) => {
      const [, digest, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
      return digest === undefined || path === undefined ? [] : [[path, digest] as const];
    }),
  );
}

async function uploadMissing(
  parts: InstallParts,
  context: Context,
  session: InstallSession,
): Promise<AgentRelease> {
  const smallest = context.memory.compressions?.[0] ?? 'gzip';
  let release = await releaseFor(parts, context, smallest);
  const missing = await missingFiles(context, session, release);
  const meter = { done: 0 };
  if (missing.includes(release.bundle)) {
    const started = performance.now();
    await storeFile(context, session, release.bundle, meter, totalOf(missing));
    const rate = release.bundle.source.size / ((performance.now() - started) / 1000);
    if (rate > FAST_LINK) release = await releaseFor(parts, context, 'gzip');
  }
  if (missing.some(({ sha256 }) => sha256 === release.runtime.sha256)) {
    await storeFile(
      context,
      session,
      release.runtime,
      meter,
      meter.done + release.runtime.source.size,
    );
  } else context.log('the runtime is on the server already');
  return release;
}

/** Sends one file and has the server unpack and verify it. */
async function storeFile(
  context: Context,
  session: InstallSession,
  file: AgentFile,
  meter: { done: number },
  total: number,
): Promise<void> {
  const { sha256, source, packing } = file;
  const store = `${AGENT_PATHS.program}/store`;
  const uploaded = `${store}/.upload-${sha256}`;
  const before = meter.done;
  await session.upload(context, { path: source.path }, uploaded, {
    mode: 0o600,
    onProgress: (sent) => {
      context.progress({ done: before + sent, total, unit: 'bytes' });
    },
  });
  meter.done = before + source.size;
  context.log(`sent ${String(source.size)} bytes (${packing === 'none' ? 'plain' : packing})`);
  await session.script(
    context,
    'store_failed',
    STORE_FILE,
    [uploaded, packing, `${store}/${sha256}`, sha256, '755'],
    { timeoutMs: STORE_TIMEOUT_MS },
  );
}

async function missingFiles(
  context: Context,
  session: InstallSession,
  { runtime, bundle }: AgentRelease,
): Promise<AgentFile[]> {
  const pathOf = ({ sha256 }: AgentFile): string => `${AGENT_PATHS.program}/store/${sha256}`;
  const files = [bundle, runtime];
  const digests = await digestsOf(context, session, files.map(pathOf));
  return files.filter((file) => digests.get(pathOf(file)) !== file.sha256);
}

function totalOf(files: readonly AgentFile[]): number {
  return files.reduce((sum, { source }) => sum + source.size, 0);
}

/** The release for the server, packed in `wanted` where the server can unpack that. */
async function releaseFor(
  { artefacts }: InstallParts,
  { memory }: Context,
  wanted: Compression,
): Promise<AgentRelease> {
  const { arch, compressions = [] } = memory;
  if (arch === undefined) throw new Error('the server was not checked before the upload');
  const packing = compressions.includes(wanted) ? wanted : (compressions[0] ?? wanted);
  return artefacts.release(arch, packing);
}

/** The agent's program with one of the questions an installer asks. */
function agentArgv(action: string): readonly string[] {
  const current = `${AGENT_PATHS.program}/current`;
  return [
    // The runtime would otherwise keep a cache in the home directory of the login.
    ...['env', '-i', 'BUN_RUNTIME_TRANSPILER_CACHE_PATH=0', 'BUN_JSC_useJIT=0'],
    // It would otherwise read bunfig.toml and .env of whatever directory the login starts in.
    ...[`${current}/runtime`, '--config=/dev/null', '--no-env-file', `${current}/agent.cjs`],
    action,
  ];
}

const Fingerprint = z.object({ fingerprint: z.string().min(1) });

function fingerprintIn(output: string): string | undefined {
  try {
    const parsed = Fingerprint.safeParse(JSON.parse(output));
    return parsed.success ? normaliseFingerprint(parsed.data.fingerprint) : undefined;
  } catch (error) {
    // Not JSON: the program said something else, which its caller reports.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function fingerprintOf(pem: string): string | undefined {
  try {
    return normaliseFingerprint(new X509Certificate(pem).fingerprint256);
  } catch {
    // node:crypto throws errors of many kinds for what is not a certificate; all mean just that.
    return undefined;
  }
}

function agentFailure(words: string): StepFailure {
  return new StepFailure(
    'installation',
    'certificate_failed',
    `The agent could not make its certificate: ${words.trim().slice(-500) || 'it said nothing'}`,
  );
}
