/**
 * `npm run check:static`: everything that can be said of the sources without running them. The checks are
 * npm scripts of their own; two run at a time, the output of each is shown in one piece, and all are run
 * even when one has failed.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** The longest first, so that none is left over at the end. */
const CHECKS: readonly string[] = [
  'lint',
  'lint:frontend',
  'types:frontend',
  'types',
  'unused',
  'boundaries',
  'format:check',
];
const AT_ONCE = 2;

/** Runs one and answers whether it passed. */
function run(check: string): Promise<boolean> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', check], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      const seconds = Math.round((performance.now() - started) / 1000);
      const verdict = code === 0 ? 'passed' : 'FAILED';
      process.stdout.write(`${check}: ${verdict} in ${seconds} s\n`);
      if (code !== 0) process.stdout.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });
}

async function main(): Promise<void> {
  const waiting = [...CHECKS];
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      if (!(await run(check))) failed.push(check);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  process.exitCode = failed.length === 0 ? 0 : 1;
}

await main();
