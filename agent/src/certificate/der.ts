/**
 * Writes the few ASN.1 types of a certificate in DER (ITU-T X.690): every value as tag, definite
 * length, content.
 */

/** Universal and context tags used in certificates. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** One value: `tag`, the length in the shortest form (X.690 section 10.1), `content`. */
export function derValue(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), derLength(body.length), body]);
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([0x80 | digits.length, ...digits]);
}

/** SEQUENCE. */
export function derSequence(...members: readonly Uint8Array[]): Buffer {
  return derValue(TAG.sequence, ...members);
}

/** SET of one member, which needs no ordering. */
export function derSetOf(member: Uint8Array): Buffer {
  return derValue(TAG.set, member);
}

/** INTEGER from an unsigned big-endian number, in the shortest form (X.690 section 8.3). */
export function derUnsignedInteger(magnitude: Uint8Array): Buffer {
  const firstDigit = magnitude.findIndex((byte) => byte !== 0);
  const digits = firstDigit === -1 ? Buffer.from([0]) : Buffer.from(magnitude.subarray(firstDigit));
  const needsSign = (digits[0] ?? 0) >= 0x80;
  return derValue(TAG.integer, needsSign ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

/** BOOLEAN TRUE. DER leaves out a FALSE that is the default. */
export function derTrue(): Buffer {
  return derValue(TAG.boolean, Buffer.from([0xff]));
}

/** BIT STRING of whole bytes, or with `unusedBits` spare bits in the last one. */
export function derBitString(content: Uint8Array, unusedBits = 0): Buffer {
  return derValue(TAG.bitString, Buffer.from([unusedBits]), content);
}

/** OCTET STRING. */
export function derOctetString(content: Uint8Array): Buffer {
  return derValue(TAG.octetString, content);
}

/** UTF8String. */
export function derUtf8String(text: string): Buffer {
  return derValue(TAG.utf8String, Buffer.from(text, 'utf8'));
}

/** OBJECT IDENTIFIER from dotted decimal (X.690 section 8.19). */
export function derObjectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return derValue(
    TAG.objectIdentifier,
    ...[first * 40 + second, ...rest].map((arc) => base128(arc)),
  );
}

function base128(arc: number): Buffer {
  const digits = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift(0x80 | (rest % 128));
  }
  return Buffer.from(digits);
}

/** An instant as a certificate states it: UTCTime until 2049, then GeneralizedTime (RFC 5280, 4.1.2.5). */
export function derTime(instant: Date): Buffer {
  const digits = instant.toISOString().replace(/[-:T]/g, '').slice(0, 14);
  const year = instant.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? derValue(TAG.utcTime, Buffer.from(`${digits.slice(2)}Z`, 'latin1'))
    : derValue(TAG.generalizedTime, Buffer.from(`${digits}Z`, 'latin1'));
}
