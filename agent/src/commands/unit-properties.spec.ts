import { describe, expect, it } from '@jest/globals';
import type { ExecuteCommandParams } from '@myx/protocol';
import { Spool } from './spool.ts';
import { commandProperties } from './unit-properties.ts';

const files = Spool.prototype.files.call(
  { root: '/state', recordsDirectory: '/state/records' },
  'abcdefgh',
);
const params: ExecuteCommandParams = {
  command_id: 'abcdefgh',
  command: 'printenv',
  args: ['$HOME', '%h', ''],
  timeout: 90,
  env: { TOKEN: 'canary-value', INVOCATION_ID: 'mine' },
  stdin: Buffer.from('canary-input').toString('base64'),
};

function properties(changes: Partial<ExecuteCommandParams> = {}) {
  const list = commandProperties({
    params: { ...params, ...changes },
    program: '/usr/bin/x',
    files,
  });
  return new Map(list.map(([name, { value }]) => [name, value]));
}

describe('commandProperties', () => {
  it('passes the argument vector as it is', () => {
    expect(properties().get('ExecStartEx')).toEqual([
      ['/usr/bin/x', ['printenv', '$HOME', '%h', ''], ['no-env-expand']],
    ]);
  });

  it('puts a script between interpreter and arguments', () => {
    const [execution] = properties({ script: '' }).get('ExecStartEx') as [[string, string[]]];

    expect(execution[1]).toEqual(['printenv', '/state/scripts/abcdefgh', '$HOME', '%h', '']);
  });

  it('tells nothing of environment and input to whoever lists units', () => {
    const all = JSON.stringify([...properties()], (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );

    expect(all).not.toContain('canary');
    expect(all).not.toContain(params.stdin);
  });

  it('removes the variables of services, but for those the command sets itself', () => {
    expect(properties().get('UnsetEnvironment')).not.toContain('INVOCATION_ID');
    expect(properties({ env: {} }).get('UnsetEnvironment')).toContain('INVOCATION_ID');
  });

  it('counts in the units of systemd', () => {
    const limited = properties({
      limits: { memory_max_bytes: 8 * 1024 * 1024, cpu_quota_percent: 50, tasks_max: 9 },
    });

    expect(limited.get('RuntimeMaxUSec')).toBe(90_000_000n);
    expect(limited.get('MemoryMax')).toBe(8_388_608n);
    expect(limited.get('CPUQuotaPerSecUSec')).toBe(500_000n);
    expect(limited.get('TasksMax')).toBe(9n);
  });
});
