/**
 * Weighs the production build, compressed as it travels (gzip, level 9), and fails when a budget is
 * broken: the first page with its font and styles, and every lazily loaded piece. Run after `ng build`.
 */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** Bytes of everything the first page needs. */
const FIRST_PAGE_LIMIT = 250_000;
/** Bytes of one lazily loaded file. */
const LAZY_FILE_LIMIT = 100_000;
/** The terminal and the editor may weigh more: they are loaded when somebody looks at output or code. */
const HEAVY_MARKS = ['xterm-helper-textarea', 'cm-content'];

const directory = path.join(import.meta.dirname, '../dist/browser');

interface BuiltFile {
  readonly name: string;
  readonly text: string;
  readonly bytes: number;
}

async function load(name: string): Promise<BuiltFile> {
  const content = await readFile(path.join(directory, name));
  // Fonts are compressed already.
  const bytes = name.endsWith('.woff2') ? content.length : gzipSync(content, { level: 9 }).length;
  return { name, text: content.toString('utf8'), bytes };
}

/** The files that `name` cannot start without: those it imports statically, and theirs. */
function closure(files: ReadonlyMap<string, BuiltFile>, names: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const file = files.get(name);
    if (!file || reached.has(name)) continue;
    reached.add(name);
    const imports = file.text.matchAll(
      /(?:from|^import|[;}]import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g,
    );
    waiting.push(...[...imports].flatMap(([, target]) => target ?? []));
  }
  return reached;
}

async function measure(): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter((name) => /\.(?:js|css|html)$/.test(name));
  const files = new Map((await Promise.all(names.map(load))).map((file) => [file.name, file]));
  const index = files.get('index.html')?.text ?? '';
  const linked = [...index.matchAll(/(?:src|href)="\/([\w.-]+\.(?:js|css))"/g)];
  const entries = linked.flatMap(([, name]) => name ?? []);
  // The frame of every signed-in page is lazy only so that the sign-in page need not wait for it.
  const shell = names.filter((name) => files.get(name)?.text.includes('[[`app-shell`]]'));
  const first = closure(files, ['index.html', ...entries, ...shell]);
  const font = (await readdir(path.join(directory, 'media'))).find((name) =>
    name.startsWith('inter-latin-wght'),
  );
  const fontBytes = font === undefined ? 0 : (await load(path.join('media', font))).bytes;

  const firstBytes = [...first].reduce(
    (sum, name) => sum + (files.get(name)?.bytes ?? 0),
    fontBytes,
  );
  const lazy = [...files.values()]
    .filter(({ name }) => !first.has(name))
    .sort((a, b) => b.bytes - a.bytes);
  console.log(`first page  ${kilobytes(firstBytes)} of ${kilobytes(FIRST_PAGE_LIMIT)}`);
  for (const { name, bytes } of lazy.slice(0, 5))
    console.log(`lazy        ${kilobytes(bytes)} ${name}`);

  const broken = lazy
    .filter(
      ({ text, bytes }) =>
        bytes > LAZY_FILE_LIMIT && !HEAVY_MARKS.some((mark) => text.includes(mark)),
    )
    .map(
      ({ name, bytes }) =>
        `${name} weighs ${kilobytes(bytes)}, more than ${kilobytes(LAZY_FILE_LIMIT)}`,
    );
  if (entries.length === 0) broken.push('index.html loads no script: is the build complete?');
  if (font === undefined) broken.push('the bundled font is missing');
  if (shell.length !== 1) broken.push(`${shell.length} files hold the shell; one was expected`);
  if (firstBytes > FIRST_PAGE_LIMIT) {
    broken.push(
      `the first page weighs ${kilobytes(firstBytes)}, more than ${kilobytes(FIRST_PAGE_LIMIT)}`,
    );
  }
  return broken;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

const broken = await measure();
for (const line of broken) console.error(`budget broken: ${line}`);
if (broken.length > 0) process.exitCode = 1;
