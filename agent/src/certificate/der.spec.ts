import { describe, expect, it } from '@jest/globals';
import {
  derBitString,
  derObjectIdentifier,
  derOctetString,
  derTime,
  derUnsignedInteger,
} from './der.ts';

const hex = (bytes: Buffer): string => bytes.toString('hex');

describe('DER', () => {
  it.each([
    ['00', '020100'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['0000000100', '02020100'],
    ['', '020100'],
  ])('writes the unsigned integer %s in the shortest form', (magnitude, expected) => {
    expect(hex(derUnsignedInteger(Buffer.from(magnitude, 'hex')))).toBe(expected);
  });

  it.each([
    [0x7f, '047f'],
    [0x80, '048180'],
    [0x1234, '04821234'],
  ])('writes the length %s in the shortest form', (length, expected) => {
    expect(hex(derOctetString(Buffer.alloc(length))).slice(0, expected.length)).toBe(expected);
  });

  it('writes object identifiers, bit strings and times as certificates have them', () => {
    expect(hex(derObjectIdentifier('1.2.840.10045.4.3.2'))).toBe('06082a8648ce3d040302');
    expect(hex(derObjectIdentifier('2.5.29.15'))).toBe('0603551d0f');
    expect(hex(derBitString(Buffer.from([0x80]), 7))).toBe('03020780');
    expect(derTime(new Date('2049-12-31T23:59:59Z')).toString('latin1', 2)).toBe('491231235959Z');
    expect(derTime(new Date('9999-12-31T23:59:59Z')).toString('latin1', 2)).toBe('99991231235959Z');
  });
});
