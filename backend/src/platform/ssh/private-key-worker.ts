import { createPrivateKey } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import ssh2 from 'ssh2';

/**
 * The thread that decrypts one private key: deriving the key from the passphrase takes the processor for
 * a fifth of a second or, by the key file's own choice, for much longer. Answers the key as unencrypted
 * PKCS#8 text, or which way it failed.
 */
function decrypt(
  text: string,
  passphrase: string,
): { readonly pkcs8: string } | { readonly failure: string } {
  try {
    let pem = text;
    if (text.includes('BEGIN OPENSSH PRIVATE KEY')) {
      const parsed: unknown = ssh2.utils.parseKey(text, passphrase);
      const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
      if (key instanceof Error || !isReadable(key)) {
        return { failure: key instanceof Error ? key.message : 'The key is not readable.' };
      }
      pem = key.getPrivatePEM();
    }
    return { pkcs8: openPem(pem, passphrase) };
  } catch (error) {
    // Every failure is an answer: the thread has nobody else to tell.
    return { failure: error instanceof Error ? error.message : 'The key is not readable.' };
  }
}

function openPem(pem: string, passphrase: string): string {
  try {
    return createPrivateKey({ key: pem, passphrase })
      .export({ type: 'pkcs8', format: 'pem' })
      .toString();
  } catch (error) {
    if (saysBadDecrypt(error) || !isSound(pem)) throw error;
    throw new Error('bad decrypt', { cause: error });
  }
}

/**
 * Whether passphrases are all that keeps the key closed. One wrong passphrase in 256 decrypts to something that
 * looks whole and only then is no key, which OpenSSL calls an unsupported format; others are called wrong.
 */
function isSound(pem: string): boolean {
  return ['another', 'a further', 'a last'].some((passphrase) => {
    try {
      createPrivateKey({ key: pem, passphrase });
      return true;
    } catch (error) {
      // Which failure it is says what the caller wants to know.
      return saysBadDecrypt(error);
    }
  });
}

function saysBadDecrypt(error: unknown): boolean {
  return error instanceof Error && /bad decrypt/i.test(error.message);
}

function isReadable(key: unknown): key is { getPrivatePEM: () => string } {
  return (
    typeof key === 'object' &&
    key !== null &&
    'getPrivatePEM' in key &&
    typeof key.getPrivatePEM === 'function'
  );
}

const { text, passphrase } = workerData as { readonly text: string; readonly passphrase: string };
parentPort?.postMessage(decrypt(text, passphrase));
