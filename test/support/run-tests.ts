/**
 * `npm test`: brings the Debian packages the tests need where it can, builds what is stale, runs the
 * unit, frontend, integration and end-to-end projects and the journeys through the web UI, some of them
 * at the same time, and ends with one line of counts. Arguments narrow it down to the test files whose paths match them.
 *
 * Where the packages cannot be had (not root, not Debian) the projects that need them are left out
 * and named with the reason; under CI=true that is a failure instead.
 */
import { spawn } from 'node:child_process';
import type { StdioOptions } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { buildWhatIsStale } from '../../backend/bin/build.ts';
import { Lab } from '../lab/index.ts';
import { ensureSystemPackages, SYSTEM_PACKAGES } from './system-packages.ts';

const root = path.resolve(import.meta.dirname, '../..');
const isCi = process.env.CI === 'true';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** A run of one project: where it writes its report, and which test files are wanted. */
interface Run {
  readonly report: string;
  readonly patterns: readonly string[];
}

interface Project {
  readonly name: string;
  readonly packages: readonly string[];
  /** Runs it and answers its exit status. */
  readonly run: (run: Run) => Promise<number | null>;
  readonly count: (report: string) => Counts;
}

const ALL_CORES = '--maxWorkers=100%';
/** Tests on hosts mostly wait, and each has hosts and a manager of its own. */
const TWO_AT_A_TIME = '--maxWorkers=2';
/** These wait too, and go on beside those on hosts. */
const ONE_AT_A_TIME = '--runInBand';
const HOSTS = [...SYSTEM_PACKAGES.lab, ...SYSTEM_PACKAGES.integration];

/** One group after the other; what is in the same group runs at the same time. */
const GROUPS: readonly (readonly Project[])[] = [
  [jestProject('unit', [], ['--selectProjects', 'unit', ALL_CORES])],
  [jestProject('frontend', [], ['--config', 'frontend/jest.config.js', ALL_CORES])],
  [
    jestProject('integration', SYSTEM_PACKAGES.integration, [
      ...['--selectProjects', 'integration', ONE_AT_A_TIME],
    ]),
    withHosts(jestProject('e2e', HOSTS, ['--selectProjects', 'e2e', TWO_AT_A_TIME])),
  ],
  [
    {
      name: 'journeys',
      packages: [...HOSTS, ...SYSTEM_PACKAGES.browser],
      run: runPlaywright,
      count: countOfPlaywright,
    },
  ],
];

function jestProject(
  name: string,
  packages: readonly string[],
  selection: readonly string[],
): Project {
  return {
    name,
    packages,
    run: ({ report, patterns }) => {
      // Specs of the web UI are compiled to CommonJS, which Jest refuses to run among ES modules.
      const isNative = name !== 'frontend';
      const node = isNative
        ? ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning']
        : [];
      const json = ['--json', `--outputFile=${report}`];
      const some = patterns.length > 0 ? ['--passWithNoTests', ...patterns] : [];
      const jest = ['node_modules/jest/bin/jest.js', '--ci', ...selection, ...json, ...some];
      // Jest repeats its report on standard output under --json; people read standard error.
      return runNode([...node, ...jest], { stdio: ['ignore', 'ignore', 'inherit'] });
    },
    count: countOfJest,
  };
}

/**
 * Makes what hosts stand on before the tests whose hosts need it: the first time on a machine it takes
 * minutes, which no test should be measured by. What goes wrong is said by those tests.
 */
function withHosts(project: Project): Project {
  return {
    ...project,
    run: async (run) => {
      const log = (line: string): void => void process.stderr.write(`${line}\n`);
      if (run.patterns.length === 0) await Lab.prepare({ log }).catch(() => undefined);
      return project.run(run);
    },
  };
}

function countOfJest(report: string): Counts {
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

function runPlaywright({ report, patterns }: Run): Promise<number | null> {
  const some = patterns.length > 0 ? ['--pass-with-no-tests', ...patterns] : [];
  const cli = path.join(root, 'node_modules/@playwright/test/cli.js');
  return runNode([cli, 'test', '--project=journeys', '--reporter=list,json', ...some], {
    cwd: path.join(root, 'frontend'),
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    // Its list is for people and goes where Jest's does.
    stdio: ['ignore', 2, 'inherit'],
  });
}

/** Runs a script to its end and answers its exit status; null when a signal ended it. */
function runNode(
  args: readonly string[],
  options: {
    readonly stdio: StdioOptions;
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
  },
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, ...options });
    child.on('error', reject);
    child.on('close', resolve);
  });
}

function countOfPlaywright(report: string): Counts {
  const { stats } = JSON.parse(readFileSync(report, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  };
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  };
}

async function runProject({ name, run, count }: Project, output: string): Promise<Counts> {
  process.stderr.write(`\n== ${name}\n`);
  const started = performance.now();
  const report = path.join(output, `${name}.json`);
  const status = await run({ report, patterns: process.argv.slice(2) });
  const counts = existsSync(report) ? count(report) : { passed: 0, failed: 0, skipped: 0 };
  // What does not even load has no failed test but a failed run.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stderr.write(`== ${name}: ${counts.passed} passed in ${seconds} s\n`);
  return counts;
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
  const output = mkdtempSync(path.join(tmpdir(), 'myx-tests-'));
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const remarks: string[] = [];
  if (process.argv.length === 2) prepareXrayBeside();
  buildWhatIsStale();
  for (const group of GROUPS) {
    const ready: Project[] = [];
    for (const project of group) {
      const packages = await ensureSystemPackages(project.packages);
      if (packages.ok) ready.push(project);
      else remarks.push(`${project.name} tests left out: ${packages.reason}`);
    }
    for (const counts of await Promise.all(ready.map((one) => runProject(one, output)))) {
      total.passed += counts.passed;
      total.failed += counts.failed;
      total.skipped += counts.skipped;
    }
  }
  rmSync(output, { recursive: true });
  for (const line of remarks) process.stdout.write(`${line}\n`);
  process.stdout.write(
    `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`,
  );
  const incomplete = isCi && (remarks.length > 0 || total.skipped > 0);
  process.exitCode = total.failed > 0 || total.passed === 0 || incomplete ? 1 : 0;
}

await main();
