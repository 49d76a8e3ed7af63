import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SecretMask } from './secret-mask.js';

describe('SecretMask', () => {
  it('replaces secrets, also nested ones, and nothing else', () => {
    const vars = { login: 'anna', keys: [{ value: 'k-1234' }, 'k-5678'], port: 8080 };
    const mask = new SecretMask(vars, ['keys', 'port', 'unknown']);

    expect(mask.text('anna uses k-1234 and k-5678 on 8080')).toBe(
      'anna uses •••• and •••• on 8080',
    );
  });

  it('replaces the longest secret first', () => {
    const mask = new SecretMask({ a: 'abc', b: 'abcdef' }, ['a', 'b']);

    expect(mask.text('abcdef abc')).toBe('•••• ••••');
  });

  it('leaves no secret in any form that Ansible prints', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 6 }).filter((text) => text.trim().length >= 6),
        (secret) => {
          const mask = new SecretMask({ secret }, ['secret']);
          const address = encodeURIComponent(secret.toWellFormed());
          const text = ['one', secret, JSON.stringify({ secret }), `?q=${address}`].join('\n');

          const masked = mask.text(text);

          expect(masked.includes(secret)).toBe(false);
          expect(masked.includes(address)).toBe(false);
          expect(masked.includes(JSON.stringify(secret))).toBe(false);
        },
      ),
    );
  });

  it('masks the words of an event and leaves what programs read', () => {
    const mask = new SecretMask({ a: 'ok', b: 's3cret' }, ['a', 'b']);

    const masked = mask.event({
      event: 'task_result',
      at: '2026-11-21T15:00:00.000Z',
      task_id: 's3cret',
      task: 'set s3cret',
      role: null,
      play: 'p',
      action: 'copy',
      host: 'localhost',
      item: 's3cret',
      status: 'ok',
      ignored: false,
      duration_ms: 1,
      message: 'wrote s3cret',
      diff: '+s3cret',
    });

    expect(masked).toMatchObject({
      event: 'task_result',
      status: 'ok',
      task: 'set ••••',
      item: '••••',
      message: 'wrote ••••',
      diff: '+••••',
    });
  });
});
