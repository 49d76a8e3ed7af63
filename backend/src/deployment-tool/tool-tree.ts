import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256Hex } from '../platform/crypto/index.js';

/** Modes a file of the tool may have. */
export type ToolMode = '0644' | '0755';

/** One file of the deployment tool as it has to be on a server. */
export interface ToolFile {
  /** Relative to the tool's directory: plain segments, `/` between them. */
  readonly path: string;
  readonly mode: ToolMode;
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** The deployment tool as it has to be on a server. */
export interface ToolTree {
  /** Text of its file `VERSION`. */
  readonly version: string;
  /** SHA-256 of its `MANIFEST.json`: another one for any other file. */
  readonly digest: string;
  /** Sorted by path, but for `MANIFEST.json`, which is the last. */
  readonly files: readonly ToolFile[];
}

/** Name of the list of all files. */
export const MANIFEST = 'MANIFEST.json';

/** What a tree may have at most: the same bounds hold on the server before anything is unpacked. */
export const TREE_LIMITS = { files: 2000, bytes: 32 * 1024 * 1024 } as const;

/** Names that are safe in every program that meets them. The same rule holds on the server. */
const SAFE_PATH = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/;

/** What editors, Python and Ansible leave beside the sources. */
const REMAINS = /^(\.|__pycache__$)|\.(pyc|retry)$/;

/** A directory of the manager and where its files go. */
export interface TreeSource {
  readonly directory: string;
  /** Directory in the tool; empty for the tool's own. */
  readonly target: string;
}

/**
 * Reads the tool from the manager's directories. The same files give the same tree, whatever their dates
 * and owners.
 *
 * @throws Error when there is something that must not be sent: a link, a strange name, too much.
 */
export async function readTree(sources: readonly TreeSource[]): Promise<ToolTree> {
  const files: ToolFile[] = [];
  for (const { directory, target } of sources) {
    for await (const file of filesIn(directory, target)) files.push(file);
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  checkTree(files);
  const version = files
    .find((file) => file.path === 'VERSION')
    ?.bytes.toString('utf8')
    .trim();
  if (version === undefined) throw new Error('the deployment tool has no file VERSION');
  const manifest = manifestOf(version, files);
  return { version, digest: manifest.sha256, files: [...files, manifest] };
}

async function* filesIn(directory: string, target: string): AsyncGenerator<ToolFile> {
  for (const name of (await readdir(directory)).sort()) {
    if (REMAINS.test(name)) continue;
    const source = path.join(directory, name);
    const place = target === '' ? name : `${target}/${name}`;
    const stats = await lstat(source);
    if (stats.isDirectory()) yield* filesIn(source, place);
    else if (stats.isFile()) yield toolFile(place, modeOf(stats.mode), await readFile(source));
    else throw new Error(`${source} is neither a file nor a directory`);
  }
}

function toolFile(place: string, mode: ToolMode, bytes: Buffer): ToolFile {
  return { path: place, mode, sha256: sha256Hex(bytes), bytes };
}

/** The one bit that git keeps decides. */
function modeOf(mode: number): ToolMode {
  return (mode & 0o100) === 0 ? '0644' : '0755';
}

function checkTree(files: readonly ToolFile[]): void {
  const strange = files.find((file) => !SAFE_PATH.test(file.path) || file.path.length > 200);
  if (strange) throw new Error(`${strange.path} cannot be a file of the deployment tool`);
  const twice = files.find((file, index) => file.path === files[index + 1]?.path);
  if (twice) throw new Error(`${twice.path} is in the deployment tool twice`);
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  if (files.length >= TREE_LIMITS.files || bytes > TREE_LIMITS.bytes) {
    throw new Error('the deployment tool is too large');
  }
}

function manifestOf(version: string, files: readonly ToolFile[]): ToolFile {
  const entries = files.map(({ path: place, sha256, mode, bytes }) => ({
    path: place,
    sha256,
    mode,
    size: bytes.length,
  }));
  const text = `${JSON.stringify({ version, files: entries }, null, 2)}\n`;
  return toolFile(MANIFEST, '0644', Buffer.from(text));
}
