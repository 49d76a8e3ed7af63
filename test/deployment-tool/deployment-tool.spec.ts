import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ANSIBLE_MASK } from '@myx/protocol';

const tool = path.resolve(import.meta.dirname, '../../deployment-tool');
const plugin = path.join(tool, 'callback_plugins/myx_events.py');

function execute(argv: readonly string[], input = ''): string {
  const [program = '', ...args] = argv;
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout;
}

function mask(secrets: unknown[], texts: unknown[], limit = 1000) {
  const loader = path.join(import.meta.dirname, 'load_plugin.py');
  const input = JSON.stringify({ secrets, texts, limit });
  const answer = execute(['python3', '-B', loader, plugin], input);
  return JSON.parse(answer) as { masked: string[]; cut: string[] };
}

const headOf = (file: string): string => readFileSync(file, 'utf8').slice(0, 100);

describe('the deployment tool', () => {
  const scripts = readdirSync(path.join(tool, 'scripts')).map((name) =>
    path.join(tool, 'scripts', name),
  );

  it('has scripts that their interpreters understand', () => {
    const isPython = (file: string): boolean =>
      file.endsWith('.py') || headOf(file).includes('python3');
    const python = [plugin, ...scripts.filter(isPython)];
    const shell = scripts.filter((file) => !python.includes(file));
    const parse =
      'import ast,sys\nfor name in sys.argv[1:]: ast.parse(open(name).read(), name, feature_version=(3, 6))';

    expect(python.map((file) => path.basename(file))).toContain('check_service');
    execute(['python3', '-c', parse, ...python.filter((file) => file !== plugin)]);
    execute(['python3', '-c', parse.replace('(3, 6)', '(3, 8)'), plugin]);
    for (const file of shell) execute(['sh', '-n', file]);
  });

  it('lists its version', () => {
    expect(readFileSync(path.join(tool, 'VERSION'), 'utf8')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('masking', () => {
  const secret = 'pa"ss\'w\\örd $1';

  it('finds a secret however it is written', () => {
    const texts = [
      `a ${secret} b`,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      { [secret]: [secret, 1, null] },
    ];
    const { masked } = mask([{ nested: [secret] }], texts);

    expect(masked.slice(0, 4)).toEqual([
      `a ${ANSIBLE_MASK} b`,
      `"${ANSIBLE_MASK}"`,
      ANSIBLE_MASK,
      ANSIBLE_MASK,
    ]);
    expect(JSON.parse(masked[4] ?? '')).toEqual({ [ANSIBLE_MASK]: [ANSIBLE_MASK, 1, null] });
  });

  it('finds a secret in base64 of something longer, wherever it begins', () => {
    const texts = ['', 'u', 'us', 'use'].map((before) =>
      Buffer.from(`${before}:correct-horse:x`).toString('base64'),
    );

    for (const text of mask(['correct-horse'], texts).masked) expect(text).toContain(ANSIBLE_MASK);
  });

  it('masks the lines of a secret of several, and the longer of two secrets first', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n-----END KEY-----\n';
    const { masked } = mask([key, 'abc', 'abcdef'], ['+MIIEvQIBADANBgkq', 'abcdef abc', 'ab']);

    expect(masked).toEqual([`+${ANSIBLE_MASK}`, `${ANSIBLE_MASK} ${ANSIBLE_MASK}`, 'ab']);
  });

  it('leaves texts alone without secrets, and masks numbers but no switches', () => {
    expect(mask([], ['a']).masked).toEqual(['a']);
    expect(mask([12345, true, null, ''], ['12345 True None']).masked).toEqual([
      `${ANSIBLE_MASK} True None`,
    ]);
  });

  it('cuts the middle of long texts, by bytes and never over the limit', () => {
    const { cut } = mask([], ['x'.repeat(1000), `head${'ü'.repeat(2000)}tail`]);

    expect(cut[0]).toHaveLength(1000);
    expect(Buffer.byteLength(cut[1] ?? '')).toBeLessThanOrEqual(1000);
    expect(cut[1]).toMatch(/^headü+\n\[\.\.\. \d+ bytes left out \.\.\.\]\nü+tail$/);
  });
});
