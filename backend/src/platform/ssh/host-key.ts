import { createHash, timingSafeEqual } from 'node:crypto';

/** A host key as people compare it. */
export interface HostKey {
  /** The key's type, for example `ssh-ed25519`. */
  readonly algorithm: string;
  /** `SHA256:` and the base64 digest of the public key without padding, as ssh-keygen(1) shows it. */
  readonly fingerprint: string;
}

/** What is believed of a host before it is dialled: its key, or nothing yet. */
export type HostKeyPolicy =
  { readonly fingerprint: string; readonly algorithm?: string } | { readonly accept: 'first_seen' };

const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

/** Whether a text is a SHA-256 fingerprint as ssh-keygen(1) shows it. */
export function isFingerprint(text: string): boolean {
  return FINGERPRINT.test(text);
}

/** Describes a public key from its wire form: its type as a length-prefixed string, then the rest (RFC 4253, 6.6). */
export function describeHostKey(wireKey: Buffer): HostKey {
  const length = wireKey.length >= 4 ? wireKey.readUInt32BE(0) : Infinity;
  if (length > 64 || wireKey.length < 4 + length)
    throw new RangeError('The host key has no readable type.');
  const digest = createHash('sha256').update(wireKey).digest('base64').replace(/=+$/, '');
  return { algorithm: wireKey.toString('latin1', 4, 4 + length), fingerprint: `SHA256:${digest}` };
}

/** Whether a key is the pinned one. A malformed pin matches nothing. */
export function matchesFingerprint(key: HostKey, fingerprint: string): boolean {
  if (!isFingerprint(fingerprint)) return false;
  return timingSafeEqual(Buffer.from(key.fingerprint), Buffer.from(fingerprint));
}
