import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../platform/errors/index.js';
import shipped from './xray-releases.json' with { type: 'json' };
import { XrayVersion } from './xray-config.schema.js';
import { compareXrayVersions } from './xray-version.js';
import { XRAY_RELEASE_UNKNOWN, XRAY_RELEASES_FILE_WRONG } from './xray.errors.js';

/** The architectures for which releases are known. */
export const XRAY_ARCHITECTURES = ['x64', 'arm64'] as const;
export type XrayArchitecture = (typeof XRAY_ARCHITECTURES)[number];

/** A release archive is never larger, whatever a mirror says. */
export const MAX_RELEASE_BYTES = 128 * 1024 * 1024;

/** One release archive, and the only digest under which it is accepted. */
export const XrayRelease = z.strictObject({
  version: XrayVersion,
  arch: z.enum(XRAY_ARCHITECTURES),
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.zip$/, { error: 'must be a zip name' }),
  url: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be 64 lower-case hex digits' }),
  size: z.int().min(1).max(MAX_RELEASE_BYTES).optional().describe('Bytes, where known'),
  program_sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: 'must be 64 lower-case hex digits' })
    .optional()
    .describe('Digest of the program in the archive, where it was built from source and compared'),
  source: z.string().min(1).max(1000).describe('Where the digest was read'),
});
export type XrayRelease = z.infer<typeof XrayRelease>;

const ReleasesFile = z.strictObject({ releases: z.array(XrayRelease).max(500) });

/**
 * The releases that may be installed. MyX ships a lock; an administrator may add to it, or replace
 * entries of it, by a file of the same format (`xray.releases_file`).
 */
export class XrayReleaseLock {
  private constructor(private readonly releases: readonly XrayRelease[]) {}

  /** The lock as shipped. */
  static shipped(): XrayReleaseLock {
    return new XrayReleaseLock(ReleasesFile.parse(shipped).releases);
  }

  /**
   * The shipped lock and an administrator's own file.
   *
   * @throws AppError `xray_releases_file_wrong` when the file cannot be read or has the wrong format.
   */
  static async load(file: string | undefined): Promise<XrayReleaseLock> {
    const lock = XrayReleaseLock.shipped();
    return file === undefined ? lock : lock.with(await readReleases(file));
  }

  /** This lock with further entries; one for the same version and architecture replaces. */
  with(added: readonly XrayRelease[]): XrayReleaseLock {
    const kept = this.releases.filter((old) => !added.some((release) => isSame(release, old)));
    return new XrayReleaseLock([...kept, ...added]);
  }

  /** What can be installed, newest first. */
  list(): readonly XrayRelease[] {
    return this.releases.toSorted(
      (one, other) =>
        compareXrayVersions(other.version, one.version) || one.arch.localeCompare(other.arch),
    );
  }

  /** The versions that can be installed on an architecture, newest first. */
  versions(arch: XrayArchitecture): readonly string[] {
    return this.list()
      .filter((release) => release.arch === arch)
      .map(({ version }) => version);
  }

  /**
   * The archive of a version.
   *
   * @throws AppError `xray_release_unknown` when no digest is pinned for it: nothing is downloaded then.
   */
  find(version: string, arch: XrayArchitecture): XrayRelease {
    const found = this.releases.find((release) => isSame(release, { version, arch }));
    if (found !== undefined) return found;
    const known = this.versions(arch).join(', ') || 'none';
    throw new AppError(
      XRAY_RELEASE_UNKNOWN,
      `No SHA-256 is pinned for Xray ${version} on ${arch}, so it is not installed. ` +
        `Pinned are: ${known}. An administrator can add one with xray.releases_file.`,
      { version, arch, known_versions: this.versions(arch) },
    );
  }
}

/**
 * Where to fetch an archive: from its own URL, or below the mirror, which keeps GitHub's
 * layout `v<version>/<file>`.
 */
export function releaseUrl(release: XrayRelease, mirror: string | undefined): string {
  if (mirror === undefined) return release.url;
  const base = mirror.endsWith('/') ? mirror : `${mirror}/`;
  return new URL(`v${release.version}/${release.file}`, base).href;
}

function isSame(
  one: Pick<XrayRelease, 'version' | 'arch'>,
  other: Pick<XrayRelease, 'version' | 'arch'>,
): boolean {
  return one.version === other.version && one.arch === other.arch;
}

async function readReleases(file: string): Promise<readonly XrayRelease[]> {
  try {
    return ReleasesFile.parse(JSON.parse(await readFile(file, 'utf8'))).releases;
  } catch (error) {
    // Missing, unreadable, not JSON or of another shape: the administrator has to mend the file.
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new AppError(XRAY_RELEASES_FILE_WRONG, `${file} cannot be used: ${why}`, { file });
  }
}
