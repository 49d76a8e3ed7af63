import { randomInt, timingSafeEqual } from 'node:crypto';
import { randomToken, sha256 } from '../platform/crypto/index.js';

/** A fresh secret: what is handed out once, and what is stored of it. */
export interface FreshSecret {
  readonly value: string;
  /** SHA-256 of the value. Enough for 256 random bits: there is nothing to guess. */
  readonly hash: Buffer;
}

/** A fresh API token, and the part of it that may be shown later. */
export interface FreshApiToken extends FreshSecret {
  readonly prefix: string;
}

const PREFIX_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
/** Crockford's Base32: no letters that look like digits. */
const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 16;

/** A session secret: 256 random bits. */
export function freshSessionSecret(): FreshSecret {
  const value = randomToken();
  return { value, hash: sha256(value) };
}

/** An API token: `myx_<8 characters>_<256 random bits>`. The fixed start lets scanners find leaked ones. */
export function freshApiToken(): FreshApiToken {
  const prefix = randomText(PREFIX_ALPHABET, 8);
  const value = `myx_${prefix}_${randomToken()}`;
  return { value, prefix, hash: sha256(value) };
}

/** True when `text` has the form of an API token. */
export function looksLikeApiToken(text: string): boolean {
  return /^myx_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/.test(text);
}

/** True when `text` has the form of a session secret. */
export function looksLikeSessionSecret(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** A setup code: 80 random bits as four groups of four characters that are easy to type. */
export function freshSetupCode(): FreshSecret {
  const code = randomText(CODE_ALPHABET, CODE_LENGTH);
  return { value: code.replaceAll(/(.{4})(?=.)/g, '$1-'), hash: sha256(code) };
}

/** Compares a typed setup code with a stored hash, in constant time. Case, dashes and spaces are free. */
export function matchesSetupCode(typed: string, stored: Buffer): boolean {
  const code = typed
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return timingSafeEqual(sha256(code), stored);
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}
