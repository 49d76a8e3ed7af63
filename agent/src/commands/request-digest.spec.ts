import { describe, expect, it } from '@jest/globals';
import { requestDigest } from './request-digest.ts';

describe('requestDigest', () => {
  const params = {
    command_id: 'abcdefgh',
    command: 'sh',
    args: ['-c', 'true'],
    timeout: 5,
    env: { A: '1', B: '2' },
  };

  it('does not depend on the order of keys', () => {
    const { command_id, ...rest } = { ...params, env: { B: '2', A: '1' } };

    expect(requestDigest({ ...rest, command_id })).toBe(requestDigest(params));
  });

  it.each([
    ['the order of arguments', { ...params, args: ['true', '-c'] }],
    ['where one argument ends', { ...params, args: ['-ctrue'] }],
    ['a variable', { ...params, env: { A: '1', B: '3' } }],
    ['an added field', { ...params, user: 'nobody' }],
  ])('depends on %s', (_name, other) => {
    expect(requestDigest(other)).not.toBe(requestDigest(params));
  });
});
