import type { KeyObject } from 'node:crypto';

/** The cipher block size that padding rounds up to when there is no cipher. */
const BLOCK_SIZE = 8;

/**
 * Writes an Ed25519 private key in OpenSSH's own unencrypted format (openssh-portable, PROTOCOL.key),
 * the only one in which the SSH library reads such a key.
 */
export function ed25519ToOpenSsh(key: KeyObject): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  const publicPart = Buffer.from(x, 'base64url');
  const privatePart = Buffer.concat([Buffer.from(d, 'base64url'), publicPart]);
  const publicKey = Buffer.concat([sshString('ssh-ed25519'), sshString(publicPart)]);
  // The two check numbers must be equal; they only tell whether a decryption worked.
  const checks = Buffer.alloc(8);
  const secret = Buffer.concat([checks, publicKey, sshString(privatePart), sshString('')]);
  const padding = Buffer.from(
    Array.from({ length: -secret.length & (BLOCK_SIZE - 1) }, (_, i) => i + 1),
  );
  const count = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    count,
    sshString(publicKey),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    ...lines,
    '-----END OPENSSH PRIVATE KEY-----',
    '',
  ].join('\n');
}

/** Bytes behind their length (RFC 4251, section 5). */
function sshString(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
