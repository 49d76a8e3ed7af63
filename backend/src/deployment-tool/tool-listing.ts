import type { ToolFile } from './tool-tree.js';

/** A file of the tool as it lies on a server. */
interface HostFile {
  readonly mode: string;
  readonly owner: string;
  readonly sha256: string;
}

/** What lies in the tool's directory on a server. */
export interface HostTree {
  readonly files: ReadonlyMap<string, HostFile>;
  readonly directories: ReadonlyMap<string, { readonly mode: string; readonly owner: string }>;
  /** Links, devices, sockets: nothing of this belongs there. */
  readonly others: readonly string[];
}

/** What has to be done to a server's directory. */
export interface TreeDifference {
  /** Files to send. */
  readonly changed: readonly ToolFile[];
  /** Right content with a wrong mode or owner. */
  readonly wrongMode: readonly string[];
  /** What does not belong there, or is not what it has to be. */
  readonly extra: readonly string[];
}

const ROOT_OWNER = '0:0';
const DIRECTORY_MODE = '755';

/** Reads the output of the listing script. @throws Error when it is not one. */
export function parseListing(output: Buffer): HostTree {
  const records = output.toString('utf8').split('\0');
  const end = records.indexOf('@');
  if (end < 0) return { files: new Map(), directories: new Map(), others: [] };
  const sums = sumsOf(records.slice(end + 1));
  const files = new Map<string, HostFile>();
  const directories = new Map<string, { mode: string; owner: string }>();
  const others: string[] = [];
  for (const record of records.slice(0, end)) {
    const [, type, mode = '', owner = '', path = ''] =
      /^(\S) (\d+) (\d+:\d+) (.*)$/s.exec(record) ?? [];
    const sha256 = sums.get(path);
    if (type === 'd') directories.set(path, { mode, owner });
    else if (type === 'f' && sha256 !== undefined) files.set(path, { mode, owner, sha256 });
    else others.push(path);
  }
  return { files, directories, others };
}

/** Compares what is there with what has to be. Nothing on the server is believed but digests. */
export function differenceOf(wanted: readonly ToolFile[], there: HostTree): TreeDifference {
  const paths = new Set(wanted.map(({ path }) => path));
  const directories = new Set(['', ...wanted.flatMap(({ path }) => parentsOf(path))]);
  const changed = wanted.filter(({ path, sha256 }) => there.files.get(path)?.sha256 !== sha256);
  const sent = new Set(changed.map(({ path }) => path));
  const wrongMode = wanted
    .filter(({ path }) => !sent.has(path))
    .filter(({ path, mode }) => !isRight(there.files.get(path), mode.slice(1)))
    .map(({ path }) => path);
  const wrongDirectories = [...there.directories]
    .filter(([path, directory]) => directories.has(path) && !isRight(directory, DIRECTORY_MODE))
    .map(([path]) => path);
  return {
    changed,
    wrongMode: [...wrongMode, ...wrongDirectories],
    extra: [
      ...there.others,
      ...[...there.files.keys()].filter((path) => !paths.has(path)),
      ...[...there.directories.keys()].filter((path) => !directories.has(path)),
    ],
  };
}

/** Whether there is nothing to do. */
export function isSame({ changed, wrongMode, extra }: TreeDifference): boolean {
  return changed.length === 0 && wrongMode.length === 0 && extra.length === 0;
}

function isRight(
  there: { readonly mode: string; readonly owner: string } | undefined,
  mode: string,
): boolean {
  return there?.mode === mode && there.owner === ROOT_OWNER;
}

function sumsOf(records: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    records.flatMap((record) => {
      const [, sha256, path] = /^([0-9a-f]{64}) [ *]\.\/(.+)$/s.exec(record) ?? [];
      return sha256 === undefined || path === undefined ? [] : [[path, sha256] as const];
    }),
  );
}

function parentsOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}
