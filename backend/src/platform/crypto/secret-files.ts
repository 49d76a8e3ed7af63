import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of secrets cannot be trusted or used; the message says what to do. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
}

/** Nobody but the owner may read, write or enter. */
const OTHERS = 0o077;

/**
 * The manager's secret files: a directory 0700 with files 0600. Files appear whole or not at all and survive a power cut.
 * Files that others could have read are refused, not repaired: whoever loosened them should know.
 */
export class SecretFiles {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Opens the directory, making it when it is not there.
   * @throws SecretFileError when others may enter it, or it belongs to somebody else
   */
  static async open(directory: string): Promise<SecretFiles> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await refuseLoose(directory, 'chmod 700');
    return new SecretFiles(directory);
  }

  /** Where a file is, for messages. */
  path(name: string): string {
    return join(this.#directory, name);
  }

  /**
   * The content of a file, or undefined when there is none.
   * @throws SecretFileError when others may read it, or it belongs to somebody else
   */
  async read(name: string): Promise<Buffer | undefined> {
    const path = this.path(name);
    try {
      await refuseLoose(path, 'chmod 600');
      return await readFile(path);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** Writes a file that does not exist yet, and answers whether it did. An existing one stays as it is. */
  async create(name: string, content: string | Uint8Array): Promise<boolean> {
    const staged = await this.#stage(name, content);
    try {
      await link(staged, this.path(name));
      await this.#flush();
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await rm(staged, { force: true });
    }
  }

  /** Writes a file, in place of what is there. */
  async replace(name: string, content: string | Uint8Array): Promise<void> {
    await rename(await this.#stage(name, content), this.path(name));
    await this.#flush();
  }

  /** Deletes a file. */
  async remove(name: string): Promise<void> {
    await rm(this.path(name), { force: true });
    await this.#flush();
  }

  async #stage(name: string, content: string | Uint8Array): Promise<string> {
    const path = this.path(`.${name}.${randomBytes(6).toString('hex')}`);
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    return path;
  }

  async #flush(): Promise<void> {
    const directory = await open(this.#directory);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

async function refuseLoose(path: string, remedy: string): Promise<void> {
  const { mode, uid } = await stat(path);
  if ((mode & OTHERS) !== 0) {
    throw new SecretFileError(
      `${path} holds secrets and is open to others (mode ${(mode & 0o777).toString(8)}). ` +
        `If nobody can have read it, run: ${remedy} ${path}`,
    );
  }
  const own = process.geteuid?.();
  if (uid !== own && uid !== 0) {
    throw new SecretFileError(
      `${path} holds secrets and belongs to user ${uid}, not to user ${own ?? 'unknown'} as whom the manager runs. Run: chown ${own ?? ''} ${path}`,
    );
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
