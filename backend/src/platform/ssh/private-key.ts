import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { DecryptedKeys, KeyUnreadable } from './decrypted-keys.js';
import { ed25519ToOpenSsh } from './openssh-key-format.js';
import { printable, sshError } from './ssh-errors.js';
import type { SshError } from './ssh-errors.js';

const decryptedKeys = new DecryptedKeys();

/**
 * Reads a private key for authentication: Ed25519, ECDSA (P-256, P-384, P-521) or RSA, in OpenSSH's own
 * format, PEM (PKCS#1, SEC 1) or PKCS#8, encrypted or not. An encrypted key is decrypted in a thread of
 * its own, once for some minutes, so that a fleet with one key does not pay for it at every connection.
 *
 * @throws SshError of layer `authentication` with code `key_is_public`, `key_format_unsupported`,
 *   `key_type_unsupported`, `key_passphrase_missing`, `key_passphrase_wrong` or `key_unreadable`.
 */
export async function loadPrivateKey(
  privateKey: string,
  passphrase: string | undefined,
  signal: AbortSignal,
): Promise<ParsedKey> {
  const text = `${privateKey.replaceAll('\r\n', '\n').trim()}\n`;
  refuseForeignFormats(text);
  if (!isEncrypted(text)) return withoutSha1(parse(isOpenSsh(text) ? text : pemToSshText(text)));
  if (passphrase === undefined || passphrase === '') {
    throw keyError(
      'key_passphrase_missing',
      'The private key is encrypted: its passphrase is needed.',
    );
  }
  try {
    return withoutSha1(parse(pemToSshText(await decryptedKeys.get(text, passphrase, signal))));
  } catch (error) {
    if (!(error instanceof KeyUnreadable)) throw error;
    throw decryptionError(error);
  }
}

function refuseForeignFormats(text: string): void {
  if (text.startsWith('PuTTY-User-Key-File')) {
    throw keyError(
      'key_format_unsupported',
      'The private key is in PuTTY format. Convert it with: puttygen key.ppk -O private-openssh -o key',
    );
  }
  if (/^(ssh-|ecdsa-sha2-|sk-)|^-{4,5} ?BEGIN ([A-Z0-9]+ )?PUBLIC KEY/.test(text)) {
    throw keyError(
      'key_is_public',
      'This is a public key. Give the private key, the file without .pub at the end.',
    );
  }
  if (!/^-----BEGIN ((OPENSSH|RSA|EC|DSA|ENCRYPTED) )?PRIVATE KEY-----\n/.test(text)) {
    throw keyError(
      'key_format_unsupported',
      'The private key is in no known format. It must be the whole file, from its BEGIN line to its END line, in OpenSSH, PEM or PKCS#8 format.',
    );
  }
}

function isOpenSsh(text: string): boolean {
  return text.startsWith('-----BEGIN OPENSSH ');
}

function isEncrypted(text: string): boolean {
  if (!isOpenSsh(text)) return /^-----BEGIN ENCRYPTED |^Proc-Type: *4, *ENCRYPTED/m.test(text);
  // "openssh-key-v1", NUL, then the cipher's name with its length: "none" for an unencrypted key.
  const body = Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64');
  return body.length > 23 && body.toString('latin1', 19, 23) !== 'none';
}

/** PEM as ssh2 reads it: it knows PKCS#1 and SEC 1, but not PKCS#8. */
function pemToSshText(pem: string): string {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw keyError('key_unreadable', 'The private key is damaged or incomplete.', error);
  }
  if (key.asymmetricKeyType === 'rsa')
    return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString();
  if (key.asymmetricKeyType === 'ed25519') return ed25519ToOpenSsh(key);
  throw unsupportedType(key.asymmetricKeyType ?? 'unknown');
}

function parse(text: string): ParsedKey {
  const parsed: unknown = ssh2.utils.parseKey(text);
  const key = (Array.isArray(parsed) ? parsed[0] : parsed) as ParsedKey | Error | undefined;
  if (key === undefined || key instanceof Error) {
    const type = /^Unsupported .*(?:type|OID): (\S+)/.exec(key?.message ?? '')?.[1];
    if (type !== undefined) throw unsupportedType(printable(type));
    throw keyError('key_unreadable', 'The private key is damaged or incomplete.', key);
  }
  if (key.type === 'ssh-dss') throw unsupportedType('DSA');
  if (!key.isPrivateKey()) throw keyError('key_is_public', 'This file holds no private key.');
  return key;
}

/** Signing on SHA-1 is refused even where a host accepts nothing better (RFC 8332 deprecates it). */
function withoutSha1(key: ParsedKey): ParsedKey {
  if (key.type !== 'ssh-rsa') return key;
  const sign = key.sign.bind(key);
  key.sign = (data, algorithm) => {
    if (algorithm === 'sha256' || algorithm === 'sha512') return sign(data, algorithm);
    throw keyError(
      'rsa_sha1_only',
      'The host accepts RSA keys only with SHA-1 signatures, which are not secure. Use an Ed25519 or ECDSA key.',
    );
  };
  return key;
}

function decryptionError(error: KeyUnreadable): SshError {
  const type = /^Unsupported .*type: (\S+)/.exec(error.message)?.[1];
  if (type !== undefined) return unsupportedType(printable(type));
  if (/unsupported/i.test(error.message)) {
    return keyError(
      'key_format_unsupported',
      'The private key is encrypted in a way that is not supported.',
      error,
    );
  }
  if (/bad (passphrase|decrypt)/i.test(error.message)) {
    return keyError('key_passphrase_wrong', 'The passphrase does not open the private key.', error);
  }
  return keyError(
    'key_unreadable',
    'The private key is damaged, or its passphrase is wrong.',
    error,
  );
}

function unsupportedType(type: string): SshError {
  return keyError(
    'key_type_unsupported',
    `Private keys of type ${type} are not supported. Use an Ed25519, ECDSA or RSA key that is not bound to a hardware token.`,
  );
}

function keyError(code: string, message: string, cause?: unknown): SshError {
  return sshError('authentication', code, message, cause);
}
