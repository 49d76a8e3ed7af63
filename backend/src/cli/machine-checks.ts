import { createHash } from 'node:crypto';
import { access, constants, readFile, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { AgentManifest } from '@myx/protocol';
import type { ArtefactFile } from '@myx/protocol';
import type { ManagerConfig } from '../platform/config/index.js';
import { errorCode, fail, ok, warn } from './finding.js';
import type { Finding } from './finding.js';

const OLDEST_NODE = [24, 17] as const;
const MEBIBYTE = 1024 * 1024;
const LEAST_SPACE = 256 * MEBIBYTE;
const COMFORTABLE_SPACE = 2048 * MEBIBYTE;
const ARTEFACTS = path.resolve(import.meta.dirname, '../../../agent/dist/artefacts');
const TIMESYNC = '/run/systemd/timesync';

/** The version of Node.js. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isSupported =
    major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return isSupported
    ? ok('Node.js', version)
    : fail('Node.js', `${version} is too old`, `Use ${OLDEST_NODE.join('.')} or newer.`);
}

/** The data directory: there or to be made, ours, writable, closed to others. */
export async function checkDataDirectory({ data_dir }: ManagerConfig): Promise<Finding> {
  const name = 'data directory';
  const existing = await nearestExisting(data_dir);
  if (!(await isWritable(existing))) {
    return fail(
      name,
      `${existing} is not writable`,
      `Give it to the manager's user: chown <user> ${existing}`,
    );
  }
  if (existing !== data_dir) return ok(name, `${data_dir} is made at the first start`);
  const { uid, mode } = await stat(data_dir);
  const own = process.geteuid?.();
  if (uid !== own) {
    return fail(
      name,
      `${data_dir} belongs to user ${uid}, this is user ${own ?? 'unknown'}`,
      `Run the manager and this command as user ${uid}.`,
    );
  }
  if ((mode & 0o022) !== 0) {
    return fail(name, `${data_dir} is writable by others`, `chmod 700 ${data_dir}`);
  }
  return ok(name, data_dir);
}

/** Space left for data. */
export async function checkDiskSpace({ data_dir }: ManagerConfig): Promise<Finding> {
  const name = 'disk space';
  const { bavail, bsize } = await statfs(await nearestExisting(data_dir));
  const free = bavail * bsize;
  const message = `${Math.floor(free / MEBIBYTE)} MiB free for ${data_dir}`;
  if (free < LEAST_SPACE)
    return fail(name, message, 'Free some space: databases need room to work.');
  if (free < COMFORTABLE_SPACE) {
    return warn(
      name,
      message,
      'Command output grows; lower commands.retention_days or free space.',
    );
  }
  return ok(name, message);
}

/** Certificate files for HTTPS, and plain HTTP beyond this machine. */
export async function checkTls({ listen, trusted_proxies }: ManagerConfig): Promise<Finding> {
  const name = 'TLS';
  const { tls, host } = listen;
  if (tls === undefined) {
    const isLocal = host === '127.0.0.1' || host === '::1' || host === 'localhost';
    return isLocal || trusted_proxies.length > 0
      ? ok(name, isLocal ? 'plain HTTP on this machine only' : 'left to the trusted proxies')
      : warn(
          name,
          `plain HTTP on ${host}: passwords and tokens travel readable`,
          'Set listen.tls.cert_file and listen.tls.key_file, or put a TLS proxy in front (trusted_proxies).',
        );
  }
  for (const file of [tls.cert_file, tls.key_file]) {
    try {
      await access(file, constants.R_OK);
    } catch (error) {
      // Missing or not for us: either way the manager could not read it.
      return fail(
        name,
        `${file} cannot be read (${errorCode(error) ?? 'unknown'})`,
        'Check the path and its owner.',
      );
    }
  }
  return ok(name, tls.cert_file);
}

/** The built agents that the manager installs: all files there, of the right size, the bundle unchanged. */
export async function checkArtefacts(): Promise<Finding> {
  const name = 'agent artefacts';
  const remedy = 'Run: npm run build:agent';
  const file = path.join(ARTEFACTS, 'manifest.json');
  let manifest: AgentManifest;
  try {
    manifest = AgentManifest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    // Missing, not JSON, or of another form: all of them mean "build again".
    const reason = errorCode(error) === 'ENOENT' ? 'is not built' : 'is damaged';
    return fail(name, `${file} ${reason}`, remedy);
  }
  const runtimes = Object.values(manifest.runtimes).flatMap(({ files }) => Object.values(files));
  for (const artefact of [manifest.bundle, ...runtimes]) {
    if (!(await hasSize(artefact))) return fail(name, `${artefact.file} is missing or cut`, remedy);
  }
  const bundle = await readFile(path.join(ARTEFACTS, manifest.bundle.file));
  if (createHash('sha256').update(bundle).digest('hex') !== manifest.bundle.sha256) {
    return fail(name, `${manifest.bundle.file} was changed`, remedy);
  }
  return ok(name, `${manifest.version} for ${Object.keys(manifest.runtimes).join(', ')}`);
}

/** Whether systemd keeps the clock right. */
export async function checkClock(): Promise<Finding> {
  const name = 'clock';
  const now = new Date().toISOString();
  if (!(await exists(TIMESYNC))) return ok(name, `${now} (synchronisation is not systemd's here)`);
  return (await exists(path.join(TIMESYNC, 'synchronized')))
    ? ok(name, `${now}, synchronised`)
    : warn(
        name,
        `${now}, not synchronised`,
        'Agents refuse requests that are a minute off. See: timedatectl status',
      );
}

async function hasSize({ file, size }: ArtefactFile): Promise<boolean> {
  const place = path.join(ARTEFACTS, file);
  return (await exists(place)) && (await stat(place)).size === size;
}

async function nearestExisting(directory: string): Promise<string> {
  const absolute = path.resolve(directory);
  return (await exists(absolute)) || path.dirname(absolute) === absolute
    ? absolute
    : nearestExisting(path.dirname(absolute));
}

async function exists(place: string): Promise<boolean> {
  try {
    await stat(place);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function isWritable(place: string): Promise<boolean> {
  try {
    await access(place, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    if (['EACCES', 'EROFS', 'EPERM'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}
