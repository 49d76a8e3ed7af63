import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

/** What precedes the 32 bytes of an X25519 private key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** Bytes of a Shadowsocks 2022 key as MyX makes them; methods with shorter keys use the first ones. */
export const SHADOWSOCKS_KEY_BYTES = 32;

/** An X25519 private key as Xray writes it: 32 bytes, base64url without padding. */
export function newRealityPrivateKey(): string {
  return exportedPart(generateKeyPairSync('x25519').privateKey, 'd');
}

/**
 * The public key (Xray calls it "password" on the client's side) of a private key.
 *
 * @throws Error when the key is not 32 bytes of base64url.
 */
export function realityPublicKeyOf(privateKey: string): string {
  const raw = Buffer.from(privateKey, 'base64url');
  if (raw.length !== 32) throw new Error('a REALITY private key must be 32 bytes of base64url');
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, raw]),
    format: 'der',
    type: 'pkcs8',
  });
  return exportedPart(createPublicKey(key), 'x');
}

/** A REALITY short id: 8 random bytes in hex, the longest there is. */
export function newShortId(): string {
  return randomBytes(8).toString('hex');
}

/** A path that nobody guesses. */
export function newSecretPath(): string {
  return `/${randomBytes(12).toString('base64url')}`;
}

/** A password without characters that links or shells would have to escape. */
export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** A Shadowsocks 2022 key, long enough for every method. */
export function newShadowsocksKey(): string {
  return randomBytes(SHADOWSOCKS_KEY_BYTES).toString('base64');
}

function exportedPart(key: KeyObject, part: 'd' | 'x'): string {
  const value = key.export({ format: 'jwk' })[part];
  if (value === undefined) throw new Error(`the X25519 key has no ${part}`);
  return value;
}

/**
 * The part of a key that a Shadowsocks 2022 method takes. Xray itself would shorten a longer one by
 * hashing it, other clients refuse it.
 */
export function shadowsocksKeyFor(method: string, key: string): string {
  const bytes = method.includes('aes-128') ? 16 : SHADOWSOCKS_KEY_BYTES;
  return Buffer.from(key, 'base64').subarray(0, bytes).toString('base64');
}
