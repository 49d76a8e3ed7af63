import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../..');

/** Each row plants one import that the house rules forbid. */
const VIOLATIONS: readonly [rule: string, from: string, to: string][] = [
  ['platform-knows-no-feature', 'backend/src/platform/a/a.ts', 'backend/src/servers/index.ts'],
  ['features-know-no-app', 'backend/src/servers/a.ts', 'backend/src/app/b.ts'],
  ['features-meet-at-their-index', 'backend/src/servers/a.ts', 'backend/src/health/b.ts'],
  ['protocol-imports-only-zod', 'agent/protocol/src/a.ts', 'agent/src/b.ts'],
  ['agent-and-manager-meet-in-the-protocol', 'agent/src/a.ts', 'backend/src/servers/b.ts'],
  ['manager-knows-the-agent-only-by-its-protocol', 'backend/src/servers/a.ts', 'agent/src/b.ts'],
  ['nothing-imports-tests', 'backend/src/servers/a.ts', 'test/b.ts'],
];

const ALLOWED: readonly [from: string, to: string][] = [
  ['backend/src/app/a.ts', 'backend/src/servers/service.ts'],
  ['backend/src/servers/a.ts', 'backend/src/health/index.ts'],
  ['backend/src/servers/a.ts', 'backend/src/platform/http/b.ts'],
  ['backend/src/servers/a.ts', 'backend/src/servers/b.ts'],
];

describe('the dependency direction check', () => {
  let tree: string;

  beforeAll(() => {
    tree = mkdtempSync(path.join(tmpdir(), 'myx-boundaries-'));
    symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
    symlinkSync(
      path.join(root, '.dependency-cruiser.cjs'),
      path.join(tree, '.dependency-cruiser.cjs'),
    );
    writeFileSync(
      path.join(tree, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext' } }),
    );
    writeFileSync(path.join(tree, 'package.json'), JSON.stringify({ type: 'module' }));
  });

  afterAll(() => {
    rmSync(tree, { recursive: true });
  });

  function cruise(from: string, to: string): { rules: string[] } {
    for (const folder of ['agent', 'backend', 'test']) {
      rmSync(path.join(tree, folder), { recursive: true, force: true });
      mkdirSync(path.join(tree, folder), { recursive: true });
    }
    plant(to, 'export const planted = 1;\n');
    const specifier = path.relative(path.dirname(from), to).replace(/\.ts$/, '.js');
    const relative = specifier.startsWith('.') ? specifier : `./${specifier}`;
    plant(from, `export { planted } from '${relative}';\n`);
    const { stdout } = spawnSync(
      process.execPath,
      [
        path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
        ...[
          '--config',
          '.dependency-cruiser.cjs',
          '--output-type',
          'json',
          'agent',
          'backend',
          'test',
        ],
      ],
      { cwd: tree, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
    );
    const report = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
    return { rules: report.summary.violations.map(({ rule }) => rule.name) };
  }

  function plant(file: string, content: string): void {
    const target = path.join(tree, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }

  it.each(VIOLATIONS)('%s: finds %s importing %s', (rule, from, to) => {
    const { rules } = cruise(from, to);

    expect(rules).toContain(rule);
  });

  it('finds a cycle', () => {
    cruise('backend/src/servers/a.ts', 'backend/src/servers/b.ts');
    plant('backend/src/servers/b.ts', "export { planted as b } from './a.js';\n");
    plant('backend/src/servers/a.ts', "export { b as planted } from './b.js';\n");
    const { stdout } = spawnSync(
      process.execPath,
      [
        path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
        ...['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'backend'],
      ],
      { cwd: tree, encoding: 'utf8' },
    );

    expect(stdout).toContain('no-cycles');
  });

  it.each(ALLOWED)('lets %s import %s', (from, to) => {
    expect(cruise(from, to).rules).toEqual([]);
  });
});
