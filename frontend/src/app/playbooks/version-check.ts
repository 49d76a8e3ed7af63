import type { PlaybookVersion } from '../platform/api/generated/models/playbook-version';

/** The last syntax check of a version. */
export type VersionCheck = PlaybookVersion['check'];

/** The check of a version; null when there was none, which the generated type does not tell. */
export function checkOf(version: Pick<PlaybookVersion, 'check'> | null): VersionCheck | null {
  return version === null ? null : version.check;
}
