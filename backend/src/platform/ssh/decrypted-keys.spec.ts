import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DecryptedKeys, KeyUnreadable } from './decrypted-keys.js';
import type { DecryptedKeysOptions } from './decrypted-keys.js';

const never = new AbortController().signal;

/** Keys whose decryption is counted instead of done; the passphrase `wrong` opens none. */
function counted(options: DecryptedKeysOptions = {}) {
  const counts = { calls: 0, atOnce: 0, mostAtOnce: 0 };
  const decrypt = async (text: string, passphrase: string): Promise<string> => {
    counts.calls += 1;
    counts.mostAtOnce = Math.max(counts.mostAtOnce, ++counts.atOnce);
    await setTimeout(1);
    counts.atOnce -= 1;
    if (passphrase === 'wrong') throw new KeyUnreadable('bad decrypt');
    return `${text} opened`;
  };
  return { keys: new DecryptedKeys({ decrypt, ...options }), counts };
}

describe('DecryptedKeys', () => {
  it('decrypts a key once, also for callers who come together', async () => {
    const { keys, counts } = counted();

    const together = await Promise.all([keys.get('k', 'p', never), keys.get('k', 'p', never)]);
    const later = await keys.get('k', 'p', never);

    expect([...together, later]).toEqual(['k opened', 'k opened', 'k opened']);
    expect(counts.calls).toBe(1);
  });

  it('keeps one key apart from another, wherever key and passphrase meet', async () => {
    const { keys, counts } = counted();

    expect([await keys.get('ab', 'c', never), await keys.get('a', 'bc', never)]).toEqual([
      'ab opened',
      'a opened',
    ]);
    expect(counts.calls).toBe(2);
  });

  it('decrypts one key at a time', async () => {
    const { keys, counts } = counted();

    await Promise.all(['a', 'b', 'c', 'd'].map((text) => keys.get(text, 'p', never)));

    expect([counts.calls, counts.mostAtOnce]).toEqual([4, 1]);
  });

  it('forgets keys when their time is over or there are too many', async () => {
    const expired = counted({ keepMs: 0 });
    await expired.keys.get('k', 'p', never);
    await expired.keys.get('k', 'p', never);
    const full = counted({ maxKeys: 2 });
    for (const text of ['a', 'b', 'b', 'a', 'c', 'b', 'a']) await full.keys.get(text, 'p', never);

    expect([expired.counts.calls, full.counts.calls]).toEqual([2, 4]);
  });

  it('does not keep a failure, and goes on after one', async () => {
    const { keys, counts } = counted();

    await expect(keys.get('k', 'wrong', never)).rejects.toBeInstanceOf(KeyUnreadable);
    await expect(keys.get('k', 'wrong', never)).rejects.toBeInstanceOf(KeyUnreadable);

    expect(await keys.get('k', 'p', never)).toBe('k opened');
    expect(counts.calls).toBe(3);
  });

  it('lets a caller go who no longer waits', async () => {
    const reason = new Error('no longer wanted');

    await expect(counted().keys.get('k', 'p', AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('decrypts for real in a thread of its own', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' })
      .toString();
    const keys = new DecryptedKeys();

    expect(await keys.get(text, 'p', never)).toBe(
      privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    );
    await expect(keys.get(text, 'q', never)).rejects.toBeInstanceOf(KeyUnreadable);
  });
});
