import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';

import { InstallationKeys } from './installation-keys.js';
import { MASTER_KEY_BYTES, MasterKey } from './master-key.js';
import { Secret } from './secret.js';
import { SecretFiles } from './secret-files.js';

const MASTER_KEY_FILE = 'master.key';
const SESSION_KEY_FILE = 'session.key';
const SESSION_KEY_BYTES = 32;

/** What a {@link Keyring} is opened with. */
export interface KeyringSettings {
  readonly config: {
    readonly data_dir: string;
    readonly secrets: { readonly master_key?: Secret | undefined };
  };
  /** Connected, with all migrations applied. */
  readonly dataSource: DataSource;
}

/** The keys at hand do not fit the data; the message says which key is needed and where it goes. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
}

/**
 * The installation's keys, from `<data_dir>/secrets` (or the configuration, for the master key). They are made at first start; after
 * that a missing or wrong key stops the start, because a new one could not read the old data.
 */
export class Keyring {
  private constructor(
    /** Wraps every secret in the database. */
    readonly masterKey: MasterKey,
    /** Signs what browsers hold; losing it ends sessions and nothing else. */
    readonly sessionKey: Secret<Buffer>,
    /** The directory of secrets, for keys of other kinds. */
    readonly files: SecretFiles,
    /** Check values in the database, for keys of other kinds. */
    readonly installationKeys: InstallationKeys,
  ) {}

  /**
   * Opens the keys, making what a new installation lacks.
   * @throws KeyringError when the master key is missing or is not the one this database was written with
   * @throws SecretFileError when a file is open to others
   */
  static async open({ config, dataSource }: KeyringSettings): Promise<Keyring> {
    const files = await SecretFiles.open(join(config.data_dir, 'secrets'));
    const known = new InstallationKeys(dataSource);
    const masterKey = await openMasterKey(files, known, config.secrets.master_key);
    return new Keyring(masterKey, new Secret(await openSessionKey(files)), files, known);
  }
}

async function openMasterKey(
  files: SecretFiles,
  known: InstallationKeys,
  configured: Secret | undefined,
): Promise<MasterKey> {
  if (configured !== undefined) {
    return claim(
      known,
      new MasterKey(decode(configured.reveal(), 'secrets.master_key')),
      'secrets.master_key',
    );
  }
  const path = files.path(MASTER_KEY_FILE);
  const stored = await files.read(MASTER_KEY_FILE);
  if (stored !== undefined) {
    return claim(known, new MasterKey(decode(stored.toString('utf8'), path)), path);
  }
  if ((await known.find('master')) !== undefined) {
    throw new KeyringError(
      `this database was written with a master key that is not here: put it back at ${path}, or set MYX_SECRETS_MASTER_KEY or MYX_SECRETS_MASTER_KEY_FILE. ` +
        'Without it the stored credentials cannot be read, and a new one is not made',
    );
  }
  return makeMasterKey(files, known);
}

/** The file comes first: a check value without its key would lock the data out. */
async function makeMasterKey(files: SecretFiles, known: InstallationKeys): Promise<MasterKey> {
  const path = files.path(MASTER_KEY_FILE);
  const made = await files.create(MASTER_KEY_FILE, `${MasterKey.generate().toString('base64')}\n`);
  const stored = await files.read(MASTER_KEY_FILE);
  if (stored === undefined) throw new KeyringError(`${path} vanished while it was made`);
  try {
    return await claim(known, new MasterKey(decode(stored.toString('utf8'), path)), path);
  } catch (error) {
    // Another manager made its key for the same database a moment earlier; ours protects nothing.
    if (made && error instanceof KeyringError) await files.remove(MASTER_KEY_FILE);
    throw error;
  }
}

async function claim(known: InstallationKeys, key: MasterKey, source: string): Promise<MasterKey> {
  const held = await known.claim('master', key.checkValue);
  if (held.equals(key.checkValue)) return key;
  throw new KeyringError(
    `the master key from ${source} is not the one this database was written with; use that one. ` +
      'Several managers of one database share the secrets directory of the first',
  );
}

async function openSessionKey(files: SecretFiles): Promise<Buffer> {
  const made = randomBytes(SESSION_KEY_BYTES);
  await files.create(SESSION_KEY_FILE, `${made.toString('base64')}\n`);
  const stored = await files.read(SESSION_KEY_FILE);
  return decode(stored?.toString('utf8') ?? '', files.path(SESSION_KEY_FILE));
}

/** 32 bytes as base64 or hexadecimal. */
function decode(text: string, source: string): Buffer {
  const trimmed = text.trim();
  const isHex = /^[0-9a-f]+$/i.test(trimmed) && trimmed.length === MASTER_KEY_BYTES * 2;
  const bytes = Buffer.from(trimmed, isHex ? 'hex' : 'base64');
  if (bytes.length !== MASTER_KEY_BYTES) {
    throw new KeyringError(
      `${source} does not hold a key: it must be ${MASTER_KEY_BYTES} bytes as base64 or hexadecimal. Restore it from a backup`,
    );
  }
  return bytes;
}
