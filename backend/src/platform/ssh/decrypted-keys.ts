import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { untilAborted } from '../transport/deadline.js';

/** How long one decryption may take; a key file may ask for any amount of work. */
const DECRYPT_TIMEOUT_MS = 20_000;
const DEFAULT_MAX_KEYS = 64;
const DEFAULT_KEEP_MS = 10 * 60_000;

/** The key could not be decrypted; the message is the library's. */
export class KeyUnreadable extends Error {}

/** How many keys {@link DecryptedKeys} keeps, for how long, and how it decrypts one. */
export interface DecryptedKeysOptions {
  readonly maxKeys?: number;
  readonly keepMs?: number;
  readonly decrypt?: (text: string, passphrase: string) => Promise<string>;
}

/**
 * Decrypts private keys away from the event loop, one at a time, and keeps the result for a while in
 * memory, where the key that protects the stored credentials is too. Only good results are kept.
 */
export class DecryptedKeys {
  readonly #entries = new Map<
    string,
    { readonly pkcs8: Promise<string>; readonly until: number }
  >();
  #queue: Promise<unknown> = Promise.resolve();
  readonly #maxKeys: number;
  readonly #keepMs: number;
  readonly #decrypt: (text: string, passphrase: string) => Promise<string>;

  constructor({
    maxKeys = DEFAULT_MAX_KEYS,
    keepMs = DEFAULT_KEEP_MS,
    decrypt = decryptInThread,
  }: DecryptedKeysOptions = {}) {
    this.#maxKeys = maxKeys;
    this.#keepMs = keepMs;
    this.#decrypt = decrypt;
  }

  /**
   * The key as unencrypted PKCS#8 text.
   *
   * @throws KeyUnreadable when the passphrase is wrong or the key is not readable.
   */
  async get(text: string, passphrase: string, signal: AbortSignal): Promise<string> {
    const id = createHash('sha256')
      .update(`${String(text.length)}\0${text}${passphrase}`)
      .digest('base64');
    const now = performance.now();
    this.#dropExpired(now);
    let entry = this.#entries.get(id);
    if (!entry) {
      const pkcs8 = this.#queue.then(() => this.#decrypt(text, passphrase));
      this.#queue = pkcs8.catch(() => undefined);
      this.#makeRoom();
      entry = { pkcs8, until: now + this.#keepMs };
      this.#entries.set(id, entry);
      pkcs8.catch(() => this.#entries.delete(id));
    }
    return untilAborted(entry.pkcs8, signal);
  }

  #dropExpired(now: number): void {
    for (const [id, entry] of this.#entries) {
      if (entry.until <= now) this.#entries.delete(id);
    }
  }

  /** Keys come in the order of their decryption, the oldest first. */
  #makeRoom(): void {
    for (const id of this.#entries.keys()) {
      if (this.#entries.size < this.#maxKeys) return;
      this.#entries.delete(id);
    }
  }
}

async function decryptInThread(text: string, passphrase: string): Promise<string> {
  // The thread is loaded by Node itself, so its file is what this one is: source or compiled.
  const file = import.meta.url.endsWith('.ts')
    ? new URL('./private-key-worker.ts', import.meta.url)
    : new URL('./private-key-worker.js', import.meta.url);
  const worker = new Worker(file, {
    workerData: { text, passphrase },
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  const timer = setTimeout(() => void worker.terminate(), DECRYPT_TIMEOUT_MS);
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.once(
        'message',
        (answer: { readonly pkcs8: string } | { readonly failure: string }) => {
          if ('pkcs8' in answer) resolve(answer.pkcs8);
          else reject(new KeyUnreadable(answer.failure));
        },
      );
      worker.once('error', reject);
      worker.once('exit', () => {
        reject(new KeyUnreadable('Decrypting the key took too long: unsupported amount of work.'));
      });
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
