/**
 * Small but valid geoip.dat and geosite.dat for the test releases: one list, `private`, in the encoding
 * that Xray reads (app/router/config.proto: GeoIPList and GeoSiteList). The lists of real releases come
 * from GitHub and are tens of megabytes.
 */
const PREFIXES: readonly (readonly [address: readonly number[], bits: number])[] = [
  [[10, 0, 0, 0], 8],
  [[127, 0, 0, 0], 8],
  [[172, 16, 0, 0], 12],
  [[192, 168, 0, 0], 16],
];
const DOMAINS: readonly string[] = ['localhost', 'local', 'home.arpa', 'internal'];

/** `Domain.Type.RootDomain`: the name and everything below it. */
const ROOT_DOMAIN = 2;

/** A geoip.dat with the list `private`. */
export function smallGeoip(): Buffer {
  const ranges = PREFIXES.map(([address, bits]) =>
    field(2, Buffer.concat([field(1, Buffer.from(address)), number(2, bits)])),
  );
  return list('PRIVATE', ranges);
}

/** A geosite.dat with the list `private`. */
export function smallGeosite(): Buffer {
  const domains = DOMAINS.map((domain) =>
    field(2, Buffer.concat([number(1, ROOT_DOMAIN), field(2, Buffer.from(domain))])),
  );
  return list('PRIVATE', domains);
}

function list(code: string, items: readonly Buffer[]): Buffer {
  return field(1, Buffer.concat([field(1, Buffer.from(code)), ...items]));
}

/** A length-delimited protobuf field. */
function field(tag: number, content: Buffer): Buffer {
  return Buffer.concat([varint((tag << 3) | 2), varint(content.length), content]);
}

/** A protobuf field with a number. */
function number(tag: number, value: number): Buffer {
  return Buffer.concat([varint(tag << 3), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
