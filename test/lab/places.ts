import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** Where labs keep their state; one folder per lab. Root's alone: it holds private keys. */
export const stateDirectory = '/var/lib/myx-lab';

/** Where the Debian base that all hosts share is kept between labs. */
export const cacheDirectory = '/var/cache/myx-lab';

/** A Debian mirror to use where the machine's own apt configuration names none. */
export const mirrorOverride = process.env.MYX_LAB_MIRROR;

/** The folder of one lab. */
export function labDirectory(name: string): string {
  return path.join(stateDirectory, 'labs', name);
}

/** A script that stands beside this file. */
export function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
