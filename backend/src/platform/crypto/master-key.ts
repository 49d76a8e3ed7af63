import { createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Bytes of a master key: AES-256. */
export const MASTER_KEY_BYTES = 32;
/** Bytes of a key's id. */
export const KEY_ID_BYTES = 8;

/**
 * The key that protects all others. It never encrypts data itself: keys for each purpose are derived from
 * it (HKDF-SHA256, RFC 5869). Its id and check value say which key it is and give nothing away about it.
 */
export class MasterKey {
  /** Short name of the key, stored with what it wraps. */
  readonly id: Buffer;
  /** Compared with the one in the database, to notice a wrong key before anything is decrypted. */
  readonly checkValue: Buffer;
  readonly #wrapping: Buffer;

  /** @throws Error when the key is not 32 bytes long */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== MASTER_KEY_BYTES) {
      throw new Error(`a master key has ${MASTER_KEY_BYTES} bytes, not ${bytes.length}`);
    }
    this.#wrapping = derive(bytes, 'wrap data keys');
    this.checkValue = createHash('sha256').update(derive(bytes, 'check value')).digest();
    this.id = this.checkValue.subarray(0, KEY_ID_BYTES);
  }

  /** A new key from the system's random number generator. */
  static generate(): Buffer {
    return randomBytes(MASTER_KEY_BYTES);
  }

  /** The key that wraps data keys. */
  get wrappingKey(): Buffer {
    return this.#wrapping;
  }
}

function derive(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `myx ${purpose} v1`, 32));
}
