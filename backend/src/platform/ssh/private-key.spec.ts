import { describe, expect, it } from '@jest/globals';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import ssh2 from 'ssh2';
import { loadPrivateKey } from './private-key.js';

const PASSPHRASE = 'open sesame';
const never = new AbortController().signal;

type KeyType = 'rsa' | 'ec' | 'ed25519';

function pair(type: KeyType) {
  if (type === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 1024 });
  if (type === 'ec') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return generateKeyPairSync('ed25519');
}

function pkcs8(
  type: KeyType,
  passphrase?: string,
): { text: string; verify: (key: unknown) => boolean } {
  const { privateKey, publicKey } = pair(type);
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  const text = privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString();
  const expected = publicKey.export({ format: 'jwk' });
  const verify = (key: unknown): boolean => {
    const wire = (key as { getPublicSSH: () => Buffer }).getPublicSSH();
    const material = expected.n ?? expected.x ?? '';
    return wire.includes(Buffer.from(material, 'base64url'));
  };
  return { text, verify };
}

function openSsh(passphrase?: string): string {
  const encryption =
    passphrase === undefined ? {} : { cipher: 'aes256-ctr', passphrase, rounds: 1 };
  return ssh2.utils.generateKeyPairSync('ed25519', encryption as never).private;
}

describe('loadPrivateKey', () => {
  it.each<[KeyType, string]>([
    ['rsa', 'ssh-rsa'],
    ['ec', 'ecdsa-sha2-nistp256'],
    ['ed25519', 'ssh-ed25519'],
  ])('reads PKCS#8 keys of type %s, encrypted or not', async (type, name) => {
    for (const passphrase of [undefined, PASSPHRASE]) {
      const { text, verify } = pkcs8(type, passphrase);

      const key = await loadPrivateKey(text, passphrase, never);

      expect([key.type, verify(key)]).toEqual([name, true]);
    }
  });

  it('reads OpenSSH keys, encrypted or not, whatever their line ends', async () => {
    for (const text of [openSsh(), openSsh().replaceAll('\n', '\r\n'), `\n  ${openSsh()}\n\n`]) {
      expect((await loadPrivateKey(text, undefined, never)).type).toBe('ssh-ed25519');
    }
    expect((await loadPrivateKey(openSsh(PASSPHRASE), PASSPHRASE, never)).type).toBe('ssh-ed25519');
  });

  it('ignores a passphrase that a key does not need', async () => {
    expect((await loadPrivateKey(openSsh(), 'superfluous', never)).type).toBe('ssh-ed25519');
  });

  it('makes a key that signs, but never on SHA-1', async () => {
    const key = await loadPrivateKey(pkcs8('rsa').text, undefined, never);

    expect(key.verify('data', key.sign('data', 'sha256'), 'sha256')).toBe(true);
    for (const algorithm of ['sha1', undefined]) {
      expect(() => key.sign('data', algorithm)).toThrow(
        expect.objectContaining({ code: 'rsa_sha1_only' }),
      );
    }
  });

  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
  const public25519 =
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

  it.each<[string, string, string | undefined, string]>([
    ['encrypted OpenSSH, no passphrase', openSsh(PASSPHRASE), undefined, 'key_passphrase_missing'],
    ['encrypted OpenSSH, empty passphrase', openSsh(PASSPHRASE), '', 'key_passphrase_missing'],
    ['encrypted OpenSSH, wrong passphrase', openSsh(PASSPHRASE), 'wrong', 'key_passphrase_wrong'],
    [
      'encrypted PKCS#8, no passphrase',
      pkcs8('ec', PASSPHRASE).text,
      undefined,
      'key_passphrase_missing',
    ],
    [
      'encrypted PKCS#8, wrong passphrase',
      pkcs8('ec', PASSPHRASE).text,
      'wrong',
      'key_passphrase_wrong',
    ],
    [
      'PuTTY',
      'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n',
      undefined,
      'key_format_unsupported',
    ],
    ['a public key', public25519, undefined, 'key_is_public'],
    [
      'a PEM public key',
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
      undefined,
      'key_is_public',
    ],
    [
      'DSA',
      dsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      undefined,
      'key_type_unsupported',
    ],
    ['nothing', '', undefined, 'key_format_unsupported'],
    ['a cut OpenSSH key', openSsh().slice(0, 200), undefined, 'key_unreadable'],
    ['a cut PEM key', pkcs8('rsa').text.slice(0, 500), undefined, 'key_unreadable'],
  ])('says what is wrong with %s', async (_name, text, passphrase, code) => {
    await expect(loadPrivateKey(text, passphrase, never)).rejects.toMatchObject({
      layer: 'authentication',
      code,
    });
  });

  it.each(['pkcs8', 'sec1'] as const)(
    'calls a passphrase wrong also where %s decrypts to what looks whole',
    async (type) => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const encryption = { cipher: 'aes-256-cbc', passphrase: PASSPHRASE };
      const text = privateKey.export({ type, format: 'pem', ...encryption }).toString();
      const misleading = wrongPassphrases().find((passphrase) => !isCalledWrong(text, passphrase));

      await expect(loadPrivateKey(text, misleading, never)).rejects.toMatchObject({
        code: 'key_passphrase_wrong',
      });
    },
  );

  /** One in 256 happens to decrypt to bytes that end like padded ones. */
  function wrongPassphrases(): readonly string[] {
    return Array.from({ length: 8_000 }, (_, index) => `wrong ${index}`);
  }

  function isCalledWrong(key: string, passphrase: string): boolean {
    try {
      createPrivateKey({ key, passphrase });
      return false;
    } catch (error) {
      return (error as Error).message.includes('bad decrypt');
    }
  }

  it('writes neither key nor passphrase into an error', async () => {
    const text = openSsh(PASSPHRASE);

    const error: unknown = await loadPrivateKey(text, 'canary-passphrase', never).catch(
      (reason: unknown) => reason,
    );

    const all = `${String(error)} ${String((error as Error).cause)} ${JSON.stringify(error)}`;
    expect(all).not.toContain('canary-passphrase');
    expect(all).not.toContain(text.split('\n')[2]);
  });
});
