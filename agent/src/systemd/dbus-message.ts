import { DbusReader, DbusWriter } from './dbus-values.ts';
import type { DbusValue } from './dbus-values.ts';

/** Message types of the D-Bus Specification, "Message Format". */
export const MESSAGE_TYPE = { call: 1, reply: 2, error: 3, signal: 4 } as const;

const FIELD = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  signature: 8,
} as const;

const FIXED_HEADER = 16;
const LONGEST_MESSAGE = 128 * 1024 * 1024;

/** A method call. */
export interface DbusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature: string;
  readonly body: readonly DbusValue[];
}

/** A received message; absent fields are empty or zero. */
export interface DbusMessage {
  readonly type: number;
  readonly replySerial: number;
  readonly path: string;
  readonly member: string;
  readonly errorName: string;
  /** Types of the values in the body. */
  readonly signature: string;
  /** At the start of the body. Most signals are of no interest, so nothing is decoded before. */
  readonly body: DbusReader;
}

/** The bytes of a method call. */
export function encodeCall(serial: number, call: DbusCall): Buffer {
  const body = new DbusWriter();
  body.writeAll(call.signature, call.body);
  const fields: DbusValue[] = [
    [FIELD.path, { signature: 'o', value: call.path }],
    [FIELD.interface, { signature: 's', value: call.interface }],
    [FIELD.member, { signature: 's', value: call.member }],
    [FIELD.destination, { signature: 's', value: call.destination }],
  ];
  if (call.signature !== '') {
    fields.push([FIELD.signature, { signature: 'g', value: call.signature }]);
  }
  const message = new DbusWriter();
  message.writeAll('yyyyuua(yv)', [
    'l'.charCodeAt(0),
    MESSAGE_TYPE.call,
    0,
    1,
    body.bytes.length,
    serial,
    fields,
  ]);
  message.align(8);
  return Buffer.concat([message.bytes, body.bytes]);
}

/**
 * Length of the message that `bytes` begin with, or undefined while too few bytes are here to tell.
 *
 * @throws Error when they are not a little-endian message of a sane length
 */
export function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length < FIXED_HEADER) return undefined;
  if (bytes[0] !== 'l'.charCodeAt(0)) throw new Error('D-Bus peer is not little-endian');
  const bodyLength = bytes.readUInt32LE(4);
  const fieldsLength = bytes.readUInt32LE(12);
  const length = Math.ceil((FIXED_HEADER + fieldsLength) / 8) * 8 + bodyLength;
  if (length > LONGEST_MESSAGE) throw new Error('D-Bus message is too long');
  return length;
}

/** Decodes the header of one whole message. */
export function decodeMessage(bytes: Buffer): DbusMessage {
  const fields = readFields(bytes);
  const text = (code: number): string => (fields[code] as string | undefined) ?? '';
  const bodyStart = align(FIXED_HEADER + bytes.readUInt32LE(12), 8);
  return {
    type: bytes.readUInt8(1),
    replySerial: Number(fields[FIELD.replySerial] ?? 0),
    path: text(FIELD.path),
    member: text(FIELD.member),
    errorName: text(FIELD.errorName),
    signature: text(FIELD.signature),
    // The body starts at a multiple of 8, so it can be read as if it were a message of its own.
    body: new DbusReader(bytes.subarray(bodyStart)),
  };
}

/**
 * Header fields by their code: an array of (code, variant). Read without the general reader, because
 * every change of every unit is announced and all but a few are dropped after a look at their path.
 */
function readFields(bytes: Buffer): (string | number | undefined)[] {
  const fields: (string | number | undefined)[] = [];
  const end = FIXED_HEADER + bytes.readUInt32LE(12);
  for (let at = FIXED_HEADER; at < end; at = align(at, 8)) {
    const code = bytes.readUInt8(at);
    const type = bytes.toString('latin1', at + 2, at + 2 + bytes.readUInt8(at + 1));
    at += 3 + type.length;
    if (type === 'g') {
      const length = bytes.readUInt8(at);
      fields[code] = bytes.toString('latin1', at + 1, at + 1 + length);
      at += length + 2;
      continue;
    }
    at = align(at, 4);
    const value = bytes.readUInt32LE(at);
    fields[code] = type === 'u' ? value : bytes.toString('utf8', at + 4, at + 4 + value);
    at += type === 'u' ? 4 : value + 5;
  }
  return fields;
}

function align(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}
