import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { MasterKey } from './master-key.js';
import { SecretBox, SecretBoxError } from './secret-box.js';
import { Secret } from './secret.js';

const PLACE = { table: 'credentials', column: 'password', rowId: '7' };
const key = new MasterKey(MasterKey.generate());
const box = new SecretBox(key);

describe('SecretBox', () => {
  it('opens what it sealed, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (plaintext) => {
        const opened = box.openBytes(box.sealBytes(plaintext, PLACE), PLACE).reveal();
        expect(opened.equals(plaintext)).toBe(true);
      }),
    );
  });

  it('seals texts and secrets alike', () => {
    expect(box.open(box.seal('pässword', PLACE), PLACE).reveal()).toBe('pässword');
    expect(box.open(box.seal(new Secret('x'), PLACE), PLACE).reveal()).toBe('x');
  });

  it('seals the same secret differently every time and shows nothing of it', () => {
    const first = box.seal('canary-2b77', PLACE);
    const second = box.seal('canary-2b77', PLACE);

    expect(first.equals(second)).toBe(false);
    expect(first.includes('canary')).toBe(false);
  });

  it.each([
    ['another row', { ...PLACE, rowId: '8' }],
    ['another column', { ...PLACE, column: 'sudo_password' }],
    ['another table', { ...PLACE, table: 'servers' }],
    [
      'a place that reads the same when joined',
      { table: 'credentials|password', column: '7', rowId: '' },
    ],
  ])('does not open at %s', (_name, other) => {
    const sealed = box.seal('x', PLACE);

    expect(() => box.open(sealed, other)).toThrow(SecretBoxError);
    expect(() => box.rewrap(sealed, other)).toThrow(SecretBoxError);
  });

  it('does not open when any single bit has changed', () => {
    const sealed = box.seal('secret', PLACE);

    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => box.open(changed, PLACE)).toThrow(SecretBoxError);
    }
  });

  it('does not open when cut short at any length', () => {
    const sealed = box.seal('secret', PLACE);

    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => box.open(sealed.subarray(0, length), PLACE)).toThrow(SecretBoxError);
    }
  });

  it('does not open with another key, even one that claims the same id', () => {
    const sealed = box.seal('secret', PLACE);
    const other = new MasterKey(MasterKey.generate());
    const impostor = Object.defineProperty(new MasterKey(MasterKey.generate()), 'id', {
      value: key.id,
    });

    expect(() => new SecretBox(other).open(sealed, PLACE)).toThrow(SecretBoxError);
    expect(() => new SecretBox(impostor).open(sealed, PLACE)).toThrow(SecretBoxError);
  });

  it('names the place and not the secret when it fails', () => {
    const sealed = box.seal('canary-2b77', PLACE);

    expect(() => box.open(sealed, { ...PLACE, rowId: '8' })).toThrow(
      /credentials\.password of row 8 cannot be decrypted/,
    );
  });

  it('rotates the master key without touching the secret', () => {
    const next = new MasterKey(MasterKey.generate());
    const rotating = new SecretBox(next, [key]);
    const sealed = box.seal('secret', PLACE);

    const rewrapped = rotating.rewrap(sealed, PLACE);

    expect(rotating.isRetired(sealed)).toBe(true);
    expect(rotating.isRetired(rewrapped)).toBe(false);
    expect(rotating.open(sealed, PLACE).reveal()).toBe('secret');
    expect(new SecretBox(next).open(rewrapped, PLACE).reveal()).toBe('secret');
    expect(() => box.open(rewrapped, PLACE)).toThrow(SecretBoxError);
  });
});

describe('MasterKey', () => {
  it('is recognised by its check value', () => {
    const bytes = MasterKey.generate();

    expect(new MasterKey(bytes).checkValue).toEqual(new MasterKey(Buffer.from(bytes)).checkValue);
    expect(new MasterKey(bytes).checkValue.equals(key.checkValue)).toBe(false);
  });

  it('refuses a key of another length', () => {
    expect(() => new MasterKey(Buffer.alloc(16))).toThrow('32 bytes, not 16');
  });
});
