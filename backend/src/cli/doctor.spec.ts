import { describe, expect, it } from '@jest/globals';
import { attempt, ok } from './finding.js';
import { checkNode } from './machine-checks.js';
import { judgeRedis } from './service-checks.js';

describe('checkNode', () => {
  it.each([
    ['24.17.0', 'ok'],
    ['24.21.0', 'ok'],
    ['26.0.0', 'ok'],
    ['24.16.9', 'fail'],
    ['22.23.0', 'fail'],
    ['20.20.0', 'fail'],
  ])('%s: %s', (version, status) => {
    expect(checkNode(version).status).toBe(status);
  });
});

describe('judgeRedis', () => {
  const info = (version: string, policy: string): string =>
    `# Server\r\nredis_version:${version}\r\n# Memory\r\nmaxmemory_policy:${policy}\r\n`;

  it.each([
    ['7.0.15', 'noeviction', 'ok'],
    ['6.2.0', 'noeviction', 'ok'],
    ['6.0.16', 'noeviction', 'fail'],
    ['7.0.15', 'allkeys-lru', 'warn'],
  ])('%s with %s: %s', (version, policy, status) => {
    expect(judgeRedis(info(version, policy)).status).toBe(status);
  });

  it('fails where no version is told', () => {
    expect(judgeRedis('').status).toBe('fail');
  });
});

describe('attempt', () => {
  it('makes a finding of a check that breaks', async () => {
    const findings = await attempt('disk', () => Promise.reject(new Error('no such device')));

    expect(findings).toEqual([
      expect.objectContaining({ status: 'fail', message: 'no such device' }),
    ]);
  });

  it('passes findings on, one or several', async () => {
    expect(await attempt('a', () => Promise.resolve(ok('a', 'x')))).toHaveLength(1);
    expect(await attempt('a', () => Promise.resolve([ok('a', 'x'), ok('b', 'y')]))).toHaveLength(2);
  });
});
