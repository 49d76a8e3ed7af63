import { spawnSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

interface Product {
  readonly name: string;
  readonly sources: readonly string[];
  readonly result: string;
  readonly command: readonly string[];
  /** Where the command runs; the repository's root unless told otherwise. */
  readonly folder?: string;
}

/** What can be built: the sources, one file that is newer than they are, and how to make it so. */
const PRODUCTS: readonly Product[] = [
  {
    name: 'wire contract',
    sources: ['agent/protocol/src/**/*.ts', 'agent/protocol/tsconfig.build.json'],
    result: 'agent/protocol/dist/index.js',
    command: ['node_modules/typescript/bin/tsc', '-p', 'agent/protocol/tsconfig.build.json'],
  },
  {
    name: 'manager',
    sources: [
      'backend/src/**/*.{ts,json}',
      'backend/tsconfig.build.json',
      'agent/protocol/src/**/*.ts',
    ],
    result: 'backend/dist/main.js',
    command: ['node_modules/@nestjs/cli/bin/nest.js', 'build'],
  },
  {
    name: 'agent',
    sources: ['agent/src/**/*.ts', 'agent/build/**/*.ts', 'agent/protocol/src/**/*.ts'],
    result: 'agent/dist/artefacts/manifest.json',
    command: ['agent/build/build.ts'],
  },
  {
    name: 'web UI',
    sources: ['frontend/src/**/*', 'frontend/public/**/*', 'frontend/angular.json'],
    result: 'frontend/dist/browser/index.html',
    command: ['../node_modules/@angular/cli/bin/ng.js', 'build'],
    folder: 'frontend',
  },
];

/** What tests of the manager need built. */
export const WITHOUT_WEB_UI: readonly string[] = ['wire contract', 'manager', 'agent'];

/**
 * Builds every product, or every named one, that is missing or older than its sources. Who comes while
 * another process builds in the same folder waits for that. Exits the process on a failure.
 */
export function buildWhatIsStale(names?: readonly string[]): void {
  const wanted = PRODUCTS.filter(({ name }) => names === undefined || names.includes(name));
  if (!wanted.some(isStale) && !isBeingBuilt()) return;
  const command = [process.execPath, import.meta.filename, ...wanted.map(({ name }) => name)];
  // The kernel gives the lock back however its holder ends.
  const { status, error } = spawnSync('flock', [root, ...command], { stdio: 'inherit' });
  if (error !== undefined) build(wanted);
  else if (status !== 0) process.exit(status ?? 1);
}

/** Half of a build looks up to date. Without flock(1) nobody can tell. */
function isBeingBuilt(): boolean {
  return spawnSync('flock', ['--nonblock', root, 'true']).status === 1;
}

function build(wanted: readonly Product[]): void {
  for (const product of wanted) {
    if (!isStale(product)) continue;
    process.stdout.write(`Building the ${product.name} ...\n`);
    const { status } = spawnSync(process.execPath, product.command, {
      cwd: path.join(root, product.folder ?? ''),
      stdio: 'inherit',
    });
    if (status !== 0) {
      process.stderr.write(`The ${product.name} could not be built; see the messages above.\n`);
      process.exit(status ?? 1);
    }
  }
}

function isStale({ sources, result }: Product): boolean {
  const built = statSync(path.join(root, result), { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return true;
  return globSync(sources, { cwd: root }).some(
    (source) => !source.endsWith('.spec.ts') && statSync(path.join(root, source)).mtimeMs > built,
  );
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  build(PRODUCTS.filter(({ name }) => names.includes(name)));
}
