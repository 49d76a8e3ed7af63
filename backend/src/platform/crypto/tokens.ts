import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Bytes of a token where nothing else is said: 256 bits. */
const TOKEN_BYTES = 32;

/** A token nobody can guess, as base64url text (RFC 4648, section 5). */
export function randomToken(bytes = TOKEN_BYTES): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256 (FIPS 180-4) as 32 bytes. */
export function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}

/** SHA-256 as 64 hexadecimal digits. */
export function sha256Hex(data: string | Uint8Array): string {
  return sha256(data).toString('hex');
}

/**
 * Whether two secrets are equal, in a time that tells nothing about either: their digests are compared,
 * which have one length whatever the secrets' lengths are.
 */
export function equalSecrets(left: string | Uint8Array, right: string | Uint8Array): boolean {
  return timingSafeEqual(sha256(left), sha256(right));
}
