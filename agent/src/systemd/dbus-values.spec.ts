import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { completeTypes, DbusReader, DbusWriter } from './dbus-values.ts';

const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));

describe('D-Bus values', () => {
  it('splits signatures into complete types', () => {
    expect(completeTypes('ssa(sv)a(sa(sv))')).toEqual(['s', 's', 'a(sv)', 'a(sa(sv))']);
    expect(() => completeTypes('a(s')).toThrow();
  });

  it('writes the example of alignment and length byte by byte', () => {
    const writer = new DbusWriter();
    writer.writeAll('yaut', [1, [2, 3], 4n]);

    expect(writer.bytes.toString('hex')).toBe(
      '01000000' + '08000000' + '02000000' + '03000000' + '0400000000000000',
    );
  });

  it('does not count the padding before the first element as part of an array', () => {
    const writer = new DbusWriter();
    writer.writeAll('at', [[]]);

    expect(writer.bytes.toString('hex')).toBe('00000000' + '00000000');
  });

  it('reads back what it writes', () => {
    const values = fc.tuple(
      fc.integer({ min: 0, max: 255 }),
      fc.boolean(),
      text,
      fc.array(text),
      fc.array(fc.tuple(text, fc.array(text), fc.array(text))),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      fc.array(
        fc.tuple(
          text,
          text.map((value) => ({ signature: 's', value })),
        ),
      ),
    );
    const signature = 'ybsasa(sasas)tia(sv)';
    fc.assert(
      fc.property(values, (written) => {
        const writer = new DbusWriter();
        writer.writeAll(signature, written);

        expect(new DbusReader(Buffer.from(writer.bytes)).readAll(signature)).toEqual(written);
      }),
    );
  });
});
