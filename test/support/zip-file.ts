import { crc32, deflateRawSync } from 'node:zlib';

/** A file to be packed. */
export interface ZipMember {
  readonly name: string;
  readonly content: Buffer;
  /** Unix permission bits. */
  readonly mode: number;
}

const UNIX = 3;
const REGULAR_FILE = 0o100000;
/** 1980-01-01, the earliest day that a zip can name: the archive depends on its content alone. */
const DATE = 0x0021;

/** Packs files in the zip format (PKWARE APPNOTE, without zip64); the same input gives the same bytes. */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const packed = deflateRawSync(member.content, { level: 6 });
    const common = commonFields(member, packed.length);
    const local = Buffer.concat([numbers([0x04034b50, 4]), common, numbers([0, 2])]);
    directory.push(directoryEntry(member, common, offset));
    for (const part of [local, Buffer.from(member.name), packed]) {
      parts.push(part);
      offset += part.length;
    }
  }
  const entries = Buffer.concat(directory);
  const count = members.length;
  const end = numbers([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2]);
  const place = numbers([entries.length, 4], [offset, 4], [0, 2]);
  return Buffer.concat([...parts, entries, end, place]);
}

/** What the entry before the data and the one in the directory have in common. */
function commonFields({ name, content }: ZipMember, packedBytes: number): Buffer {
  return numbers(
    ...([
      [20, 2],
      [0x0800, 2],
      [8, 2],
      [0, 2],
      [DATE, 2],
    ] as const),
    ...([
      [crc32(content), 4],
      [packedBytes, 4],
      [content.length, 4],
    ] as const),
    [Buffer.byteLength(name), 2],
  );
}

function directoryEntry(member: ZipMember, common: Buffer, offset: number): Buffer {
  const attributes = ((REGULAR_FILE | member.mode) << 16) >>> 0;
  return Buffer.concat([
    numbers([0x02014b50, 4], [(UNIX << 8) | 20, 2]),
    common,
    numbers([0, 2], [0, 2], [0, 2], [0, 2], [attributes, 4], [offset, 4]),
    Buffer.from(member.name),
  ]);
}

/** Little-endian numbers of 2 or 4 bytes. */
function numbers(...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  return Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}
