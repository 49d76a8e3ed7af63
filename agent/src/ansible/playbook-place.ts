import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { UPLOADED_PLAYBOOKS_PATH } from '@myx/protocol';
import type { Places } from '../config/places.ts';
import { codeOf } from '../log.ts';

/** Where a playbook is, or why it cannot be run from there. */
export type PlaybookPlace =
  | { readonly file: string; readonly fault?: undefined }
  | { readonly file: string; readonly fault: string };

/**
 * Finds a playbook by the path that the contract allows (schema `PlaybookPath`). Neither it nor a
 * directory on the way to it may be a symbolic link: what runs is what was sent.
 */
export function findPlaybook(
  playbook: string,
  places: Pick<Places, 'toolDirectory' | 'uploadsDirectory'>,
): PlaybookPlace {
  const isUploaded = playbook.startsWith(`${UPLOADED_PLAYBOOKS_PATH}/`);
  const root = isUploaded ? path.join(places.uploadsDirectory, 'playbooks') : places.toolDirectory;
  const relative = isUploaded ? path.relative(UPLOADED_PLAYBOOKS_PATH, playbook) : playbook;
  const file = path.join(root, relative);
  try {
    if (!lstatSync(file).isFile()) return { file, fault: `${file} is not a regular file` };
    const real = path.join(realpathSync(root), relative);
    if (realpathSync(file) === real) return { file };
    return { file, fault: `${file} is reached through a symbolic link` };
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    return { file, fault: `there is no playbook ${file}` };
  }
}
