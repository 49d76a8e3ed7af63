/**
 * Values of the D-Bus wire format (D-Bus Specification, "Type System" and "Marshaling"), little endian.
 * Integers of 64 bits are bigint, a struct is an array, an array of bytes is an array of numbers, a
 * dictionary is an array of pairs.
 */
export type DbusValue = number | bigint | boolean | string | readonly DbusValue[] | DbusVariant;

/** A value that carries its own type. */
export interface DbusVariant {
  readonly signature: string;
  readonly value: DbusValue;
}

const ALIGNMENT: Readonly<Record<string, number>> = {
  y: 1,
  g: 1,
  v: 1,
  n: 2,
  q: 2,
  b: 4,
  i: 4,
  u: 4,
  h: 4,
  s: 4,
  o: 4,
  a: 4,
  x: 8,
  t: 8,
  d: 8,
  '(': 8,
  '{': 8,
};

/** The few signatures that are ever used, split. */
const splitSignatures = new Map<string, readonly string[]>();

/** Splits a signature into its complete types: `a(sv)us` is `a(sv)`, `u`, `s`. */
export function completeTypes(signature: string): readonly string[] {
  const known = splitSignatures.get(signature);
  if (known !== undefined) return known;
  const types: string[] = [];
  for (let start = 0; start < signature.length;) {
    const end = endOfType(signature, start);
    types.push(signature.slice(start, end));
    start = end;
  }
  // Signatures of received variants come from the service manager: not without bound.
  if (splitSignatures.size < 256) splitSignatures.set(signature, types);
  return types;
}

function endOfType(signature: string, start: number): number {
  const code = signature[start] ?? '';
  if (code === 'a') return endOfType(signature, start + 1);
  if (code !== '(' && code !== '{') {
    if (!(code in ALIGNMENT)) throw new Error(`Bad D-Bus signature: ${signature}`);
    return start + 1;
  }
  const close = code === '(' ? ')' : '}';
  let position = start + 1;
  while (signature[position] !== close) position = endOfType(signature, position);
  return position + 1;
}

function alignmentOf(type: string): number {
  return ALIGNMENT[type[0] ?? ''] ?? 1;
}

/** The text of a value that must be one. */
export function asText(value: DbusValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new Error('The service manager answered something else than text');
}

/** Writes values one after another, each at the alignment its type asks for. */
export class DbusWriter {
  #buffer = Buffer.alloc(1024);
  #length = 0;

  /** All that was written. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Pads with zeros up to a multiple of `alignment`. */
  align(alignment: number): void {
    const end = Math.ceil(this.#length / alignment) * alignment;
    this.#reserve(end - this.#length);
    this.#length = end;
  }

  /** Writes one value per complete type of `signature`. */
  writeAll(signature: string, values: readonly DbusValue[]): void {
    for (const [index, type] of completeTypes(signature).entries()) {
      const value = values[index];
      if (value === undefined) throw new Error(`D-Bus value ${index} of ${signature} is missing`);
      this.write(type, value);
    }
  }

  /** Writes one value of one complete type. */
  write(type: string, value: DbusValue): void {
    this.align(alignmentOf(type));
    switch (type[0]) {
      case 'y':
        this.#put(1, (at) => this.#buffer.writeUInt8(Number(value), at));
        return;
      case 'b':
        this.#writeUInt32(value === true ? 1 : 0);
        return;
      case 'u':
        this.#writeUInt32(Number(value));
        return;
      case 'i':
        this.#put(4, (at) => this.#buffer.writeInt32LE(Number(value), at));
        return;
      case 't':
        this.#put(8, (at) => this.#buffer.writeBigUInt64LE(value as bigint, at));
        return;
      case 's':
      case 'o':
        this.#writeText(value as string);
        return;
      case 'g':
        this.#writeSignature(value as string);
        return;
      case 'v':
        this.#writeVariant(value as DbusVariant);
        return;
      case 'a':
        this.#writeArray(type.slice(1), value as readonly DbusValue[]);
        return;
      case '(':
      case '{':
        this.writeAll(type.slice(1, -1), value as readonly DbusValue[]);
        return;
      default:
        throw new Error(`D-Bus type ${type} is not written here`);
    }
  }

  #writeText(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.#writeUInt32(bytes.length);
    this.#put(bytes.length + 1, (at) => bytes.copy(this.#buffer, at));
  }

  #writeSignature(signature: string): void {
    this.#put(signature.length + 2, (at) => {
      this.#buffer.writeUInt8(signature.length, at);
      this.#buffer.write(signature, at + 1, 'latin1');
    });
  }

  #writeVariant({ signature, value }: DbusVariant): void {
    this.#writeSignature(signature);
    this.write(signature, value);
  }

  #writeArray(type: string, values: readonly DbusValue[]): void {
    const lengthAt = this.#length;
    this.#writeUInt32(0);
    // The padding before the first element is not part of the array's length.
    this.align(alignmentOf(type));
    const start = this.#length;
    for (const value of values) this.write(type, value);
    this.#buffer.writeUInt32LE(this.#length - start, lengthAt);
  }

  #writeUInt32(value: number): void {
    this.#put(4, (at) => this.#buffer.writeUInt32LE(value, at));
  }

  #put(size: number, write: (at: number) => void): void {
    this.#reserve(size);
    write(this.#length);
    this.#length += size;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#buffer.length) return;
    const larger = Buffer.alloc(Math.max(this.#buffer.length * 2, this.#length + size));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Reads values one after another; the counterpart of {@link DbusWriter}. */
export class DbusReader {
  readonly #bytes: Buffer;
  #position: number;

  /** @param bytes a message from its start, because alignment counts from there */
  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** Reads one value per complete type of `signature`. */
  readAll(signature: string): DbusValue[] {
    return completeTypes(signature).map((type) => this.read(type));
  }

  /** Reads one value of one complete type. */
  read(type: string): DbusValue {
    this.#position = Math.ceil(this.#position / alignmentOf(type)) * alignmentOf(type);
    switch (type[0]) {
      case 'y':
        return this.#bytes.readUInt8(this.#take(1));
      case 'b':
        return this.#bytes.readUInt32LE(this.#take(4)) !== 0;
      case 'n':
        return this.#bytes.readInt16LE(this.#take(2));
      case 'q':
        return this.#bytes.readUInt16LE(this.#take(2));
      case 'i':
        return this.#bytes.readInt32LE(this.#take(4));
      case 'u':
      case 'h':
        return this.#bytes.readUInt32LE(this.#take(4));
      case 'x':
        return this.#bytes.readBigInt64LE(this.#take(8));
      case 't':
        return this.#bytes.readBigUInt64LE(this.#take(8));
      case 'd':
        return this.#bytes.readDoubleLE(this.#take(8));
      case 's':
      case 'o':
        return this.#readText(this.#bytes.readUInt32LE(this.#take(4)));
      case 'g':
        return this.#readText(this.#bytes.readUInt8(this.#take(1)));
      case 'v': {
        const signature = this.read('g') as string;
        return { signature, value: this.read(signature) };
      }
      case 'a':
        return this.#readArray(type.slice(1));
      default:
        return this.readAll(type.slice(1, -1));
    }
  }

  #readText(length: number): string {
    const at = this.#take(length + 1);
    return this.#bytes.toString('utf8', at, at + length);
  }

  #readArray(type: string): DbusValue[] {
    const length = this.#bytes.readUInt32LE(this.#take(4));
    this.#position = Math.ceil(this.#position / alignmentOf(type)) * alignmentOf(type);
    const end = this.#position + length;
    const values: DbusValue[] = [];
    while (this.#position < end) values.push(this.read(type));
    return values;
  }

  #take(size: number): number {
    const at = this.#position;
    this.#position += size;
    return at;
  }
}
