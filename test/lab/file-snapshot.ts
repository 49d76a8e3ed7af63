import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';

/** One thing in a host's file system. */
interface FileEntry {
  readonly type: 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'device';
  /** Permissions in octal, such as "0644". */
  readonly mode: string;
  /** "uid:gid". */
  readonly owner: string;
  /** Bytes; for files. */
  readonly size?: number;
  /** Where it points; for symlinks. */
  readonly target?: string;
  /** For files that differ from the base and are not over 16 MiB. */
  readonly sha256?: string;
}

/** All that is in a host's file system, by absolute path. */
export type FileSnapshot = ReadonlyMap<string, FileEntry>;

/** What changed from one snapshot to a later one: absolute paths, sorted. */
export interface SnapshotDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** Where the layers of a host's file system are. */
export interface SnapshotLayers {
  /** What the host sees as `/`. */
  readonly root: string;
  /** What the host has written itself. */
  readonly upper: string;
  /** What all hosts share. */
  readonly base: string;
}

/** What a system changes all by itself, and no installation should be measured by. */
const volatile = [
  /^\/(proc|sys|dev)(\/|$)/,
  /^\/run\/(log|user|sudo|lock|host|utmp|dbus|sshd|credentials|udev|motd\.dynamic)/,
  /^\/run\/systemd\/(?!(system|transient)(\/|$))/,
  /^\/var\/log(\/|$)/,
  /^\/var\/lib\/(systemd|sudo)(\/|$)/,
  /^\/(var\/)?tmp\/systemd-private-/,
  /^\/var\/cache\/(ldconfig|man|debconf)(\/|$)/,
];

const largestHashed = 16 * 1024 * 1024;

/** Lists a host's file system, apart from volatile paths. */
export function takeSnapshot(layers: SnapshotLayers): FileSnapshot {
  const snapshot = new Map<string, FileEntry>();
  const visit = (folder: string): void => {
    for (const name of readNames(path.join(layers.root, folder))) {
      const where = path.posix.join(folder, name);
      if (volatile.some((pattern) => pattern.test(where))) continue;
      const stats = statOf(path.join(layers.root, where));
      if (stats === undefined) continue;
      snapshot.set(where, describe(layers, where, stats));
      if (stats.isDirectory()) visit(where);
    }
  };
  visit('/');
  return snapshot;
}

/** Compares two snapshots of one host. */
export function diffSnapshots(before: FileSnapshot, after: FileSnapshot): SnapshotDifference {
  const same = (first: FileEntry, second: FileEntry): boolean =>
    JSON.stringify(first) === JSON.stringify(second);
  const changed = [...after].filter(([where, entry]) => {
    const earlier = before.get(where);
    return earlier !== undefined && !same(earlier, entry);
  });
  return {
    added: [...after.keys()].filter((where) => !before.has(where)).sort(),
    removed: [...before.keys()].filter((where) => !after.has(where)).sort(),
    changed: changed.map(([where]) => where).sort(),
  };
}

function describe(layers: SnapshotLayers, where: string, stats: Stats): FileEntry {
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  const owner = `${stats.uid}:${stats.gid}`;
  if (stats.isDirectory()) return { type: 'directory', mode, owner };
  if (stats.isSymbolicLink()) {
    return { type: 'symlink', mode, owner, target: readlinkSync(path.join(layers.root, where)) };
  }
  if (stats.isFIFO()) return { type: 'fifo', mode, owner };
  if (stats.isSocket()) return { type: 'socket', mode, owner };
  if (!stats.isFile()) return { type: 'device', mode, owner };
  const sha256 = stats.size <= largestHashed ? hashIfOwn(layers, where) : undefined;
  return { type: 'file', mode, owner, size: stats.size, ...(sha256 !== undefined && { sha256 }) };
}

/** The content's hash where the host has written the file and it differs from the base's. */
function hashIfOwn(layers: SnapshotLayers, where: string): string | undefined {
  const inRun = /^\/(run|tmp)\//.test(where);
  if (!inRun && statOf(path.join(layers.upper, where)) === undefined) return undefined;
  const own = hashOf(path.join(layers.root, where));
  return own === hashOf(path.join(layers.base, where)) ? undefined : own;
}

function hashOf(file: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    // Gone since it was listed, or not in the base at all.
    return undefined;
  }
}

function statOf(file: string): Stats | undefined {
  return lstatSync(file, { throwIfNoEntry: false });
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // Gone since it was listed.
    return [];
  }
}
