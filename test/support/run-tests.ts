/**
 * `npm test`: brings the Debian packages the tests need where it can, builds what is stale, runs the
 * unit, integration and end-to-end projects, and ends with one line of counts.
 *
 * Where the packages cannot be had (not root, not Debian) the projects that need them are left out
 * and named with the reason; under CI=true that is a failure instead.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { buildWhatIsStale } from '../../backend/bin/build.ts';
import { ensureSystemPackages, SYSTEM_PACKAGES } from './system-packages.ts';

const root = path.resolve(import.meta.dirname, '../..');
const isCi = process.env.CI === 'true';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Project {
  readonly name: 'unit' | 'integration' | 'e2e';
  readonly packages: readonly string[];
}

const PROJECTS: readonly Project[] = [
  { name: 'unit', packages: [] },
  { name: 'integration', packages: SYSTEM_PACKAGES.integration },
  { name: 'e2e', packages: [...SYSTEM_PACKAGES.lab, ...SYSTEM_PACKAGES.integration] },
];

function runProject(name: string, output: string, patterns: readonly string[]): Counts {
  const report = path.join(output, `${name}.json`);
  const { status } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      name,
      ...(name === 'unit' ? [] : ['--runInBand']),
      ...(patterns.length > 0 ? ['--passWithNoTests'] : []),
      '--json',
      `--outputFile=${report}`,
      ...patterns,
    ],
    // Jest repeats its report on standard output under --json; people read standard error.
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const counts = readCounts(report);
  // A suite that does not even load has no failed test but a failed run.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function readCounts(report: string): Counts {
  const parsed = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
  };
  return {
    passed: parsed.numPassedTests,
    failed: parsed.numFailedTests,
    skipped: parsed.numPendingTests + parsed.numTodoTests,
  };
}

/**
 * Builds the real Xray that integration tests run, beside the unit tests and after them in priority: the
 * first build on a machine takes minutes. What goes wrong is said by the tests that need it.
 */
function prepareXrayBeside(): void {
  const script = path.join(import.meta.dirname, 'xray-release.ts');
  const child = spawn(process.execPath, [script], { cwd: root, stdio: 'ignore' });
  child.on('error', () => undefined);
  if (child.pid !== undefined) setPriority(child.pid, 10);
  child.unref();
}

async function main(): Promise<void> {
  const patterns = process.argv.slice(2);
  const output = mkdtempSync(path.join(tmpdir(), 'myx-tests-'));
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const leftOut: string[] = [];
  if (patterns.length === 0) prepareXrayBeside();
  buildWhatIsStale();
  for (const project of PROJECTS) {
    const packages = await ensureSystemPackages(project.packages);
    if (!packages.ok) {
      leftOut.push(`${project.name} tests left out: ${packages.reason}`);
      continue;
    }
    process.stderr.write(`\n== ${project.name}\n`);
    const counts = runProject(project.name, output, patterns);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  rmSync(output, { recursive: true });
  for (const line of leftOut) process.stdout.write(`${line}\n`);
  process.stdout.write(
    `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`,
  );
  const incomplete = isCi && (leftOut.length > 0 || total.skipped > 0);
  process.exitCode = total.failed > 0 || total.passed === 0 || incomplete ? 1 : 0;
}

await main();
