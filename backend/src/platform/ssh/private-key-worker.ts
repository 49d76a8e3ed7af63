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
    const pkcs8 = createPrivateKey({ key: pem, passphrase }).export({
      type: 'pkcs8',
      format: 'pem',
    });
    return { pkcs8: pkcs8.toString() };
  } catch (error) {
    // Every failure is an answer: the thread has nobody else to tell.
    return { failure: error instanceof Error ? error.message : 'The key is not readable.' };
  }
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
