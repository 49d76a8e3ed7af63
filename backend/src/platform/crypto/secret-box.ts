import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import { KEY_ID_BYTES, type MasterKey } from './master-key.js';
import { Secret } from './secret.js';

const CIPHER = 'aes-256-gcm';
const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DATA_KEY_BYTES = 32;
const WRAPPED_BYTES = NONCE_BYTES + DATA_KEY_BYTES + TAG_BYTES;
const HEADER_BYTES = 1 + KEY_ID_BYTES;

/** Where a secret is stored. A secret sealed for one place opens at no other. */
export interface SecretPlace {
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

/** A sealed secret does not open: another key, another place, or changed bytes. */
export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
}

/**
 * Encrypts secrets for the database (envelope encryption, AES-256-GCM, NIST SP 800-38D). Each secret has a random data key
 * of its own, which the master key wraps; both encryptions authenticate the place, so that a row's secret cannot be moved
 * to another row.
 *
 * Layout: format (1 byte), id of the master key (8), wrapped data key (nonce 12, key 32, tag 16),
 * secret (nonce 12, ciphertext, tag 16).
 */
export class SecretBox {
  readonly #current: MasterKey;
  readonly #keys: ReadonlyMap<string, MasterKey>;

  /** Seals with `current`; opens what `current` or one of `retired` sealed. */
  constructor(current: MasterKey, retired: readonly MasterKey[] = []) {
    this.#current = current;
    this.#keys = new Map([...retired, current].map((key) => [key.id.toString('hex'), key]));
  }

  /** Encrypts a text for one place. */
  seal(plaintext: Secret | string, place: SecretPlace): Buffer {
    const text = typeof plaintext === 'string' ? plaintext : plaintext.reveal();
    return this.sealBytes(Buffer.from(text, 'utf8'), place);
  }

  /** Encrypts bytes for one place. */
  sealBytes(plaintext: Uint8Array, place: SecretPlace): Buffer {
    const context = encodePlace(place);
    const dataKey = randomBytes(DATA_KEY_BYTES);
    return Buffer.concat([
      header(this.#current),
      encrypt(this.#current.wrappingKey, dataKey, context),
      encrypt(dataKey, plaintext, context),
    ]);
  }

  /**
   * Decrypts a text sealed for this place.
   * @throws SecretBoxError when it was sealed elsewhere, by an unknown key, or has been changed
   */
  open(sealed: Uint8Array, place: SecretPlace): Secret {
    return new Secret(this.openBytes(sealed, place).reveal().toString('utf8'));
  }

  /** Decrypts bytes sealed for this place; fails like {@link SecretBox.open}. */
  openBytes(sealed: Uint8Array, place: SecretPlace): Secret<Buffer> {
    return attempt(place, () => {
      const { key, wrapped, body } = this.#parse(sealed);
      const context = encodePlace(place);
      const dataKey = decrypt(key.wrappingKey, wrapped, context);
      return new Secret(decrypt(dataKey, body, context));
    });
  }

  /** Whether a retired key wraps this secret, so that {@link SecretBox.rewrap} has something to do. */
  isRetired(sealed: Uint8Array): boolean {
    return !Buffer.from(sealed).subarray(1, HEADER_BYTES).equals(this.#current.id);
  }

  /** The same secret under the current master key; its ciphertext stays as it is. Fails like {@link SecretBox.open}. */
  rewrap(sealed: Uint8Array, place: SecretPlace): Buffer {
    return attempt(place, () => {
      const { key, wrapped, body } = this.#parse(sealed);
      const context = encodePlace(place);
      const dataKey = decrypt(key.wrappingKey, wrapped, context);
      decrypt(dataKey, body, context);
      return Buffer.concat([
        header(this.#current),
        encrypt(this.#current.wrappingKey, dataKey, context),
        body,
      ]);
    });
  }

  #parse(sealed: Uint8Array): { key: MasterKey; wrapped: Buffer; body: Buffer } {
    const bytes = Buffer.from(sealed);
    if (
      bytes[0] !== FORMAT ||
      bytes.length < HEADER_BYTES + WRAPPED_BYTES + NONCE_BYTES + TAG_BYTES
    ) {
      throw new Error('unknown format');
    }
    const key = this.#keys.get(bytes.subarray(1, HEADER_BYTES).toString('hex'));
    if (key === undefined) throw new Error('unknown master key');
    return {
      key,
      wrapped: bytes.subarray(HEADER_BYTES, HEADER_BYTES + WRAPPED_BYTES),
      body: bytes.subarray(HEADER_BYTES + WRAPPED_BYTES),
    };
  }
}

function header(key: MasterKey): Buffer {
  return Buffer.concat([Buffer.from([FORMAT]), key.id]);
}

/** Each part carries its length, so that no two places read the same. */
function encodePlace({ table, column, rowId }: SecretPlace): Buffer {
  return Buffer.concat(
    [`v${FORMAT}`, table, column, rowId].map((part) => {
      const text = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(text.length);
      return Buffer.concat([length, text]);
    }),
  );
}

function encrypt(key: Buffer, plaintext: Uint8Array, context: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(context);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, context: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const body = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(context)
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

function attempt<T>({ table, column, rowId }: SecretPlace, work: () => T): T {
  try {
    return work();
  } catch (error) {
    // Wrong key, wrong place and changed bytes look alike to the cipher, and should to the reader.
    throw new SecretBoxError(
      `the secret in ${table}.${column} of row ${rowId} cannot be decrypted: it was sealed with another master key or for another place, or has been changed`,
      { cause: error },
    );
  }
}
