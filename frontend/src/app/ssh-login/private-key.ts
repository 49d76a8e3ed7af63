/** What pasted text is. `unknown`: nothing that looks like a key. */
export type KeyKind = 'missing' | 'plain' | 'encrypted' | 'public' | 'unknown';

/**
 * Looks at a private key's text, so that a wrong file or a missing passphrase is seen before anything is
 * sent: OpenSSH's own format (PROTOCOL.key), PEM with `Proc-Type` (RFC 1421), PKCS#8 (RFC 5958) and
 * PuTTY's.
 */
export function inspectKey(text: string): KeyKind {
  const key = text.trim();
  if (key === '') return 'missing';
  if (/^(?:ssh-|ecdsa-sha2-|sk-ssh-)\S+ \S/.test(key) || /BEGIN (?:SSH2 )?PUBLIC KEY/.test(key)) {
    return 'public';
  }
  if (key.startsWith('PuTTY-User-Key-File-')) {
    return /^Encryption: none\s*$/m.test(key) ? 'plain' : 'encrypted';
  }
  const begin = /-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----/.exec(key);
  if (!begin) return 'unknown';
  if (begin[1] === 'ENCRYPTED ' || /^Proc-Type: 4,ENCRYPTED/m.test(key)) return 'encrypted';
  return begin[1] === 'OPENSSH ' && !isPlainOpenSsh(key) ? 'encrypted' : 'plain';
}

/** The cipher's name follows the magic `openssh-key-v1\0` as a length and text; `none` is no cipher. */
function isPlainOpenSsh(key: string): boolean {
  const body = key.replace(/-----[^-]+-----/g, '').replace(/\s+/g, '');
  // 15 bytes of magic, 4 of length and the name are in the first 40 characters of base64.
  const head = body.slice(0, 40);
  if (!/^[A-Za-z0-9+/]{40}$/.test(head)) return true;
  return atob(head).slice(19, 23) === 'none';
}

/** Larger files are no keys. */
export const KEY_FILE_BYTES = 64 * 1024;
