import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { MANAGER_CONFIG } from '../../platform/config/index.js';
import type { ManagerConfig } from '../../platform/config/index.js';
import { DownloadCache } from './release-download.js';
import type { DownloadContext } from './release-download.js';
import { MAX_RELEASE_BYTES, releaseUrl, XrayReleaseLock } from './release-lock.js';
import type { XrayArchitecture } from './release-lock.js';

/** A release that may be installed, and where it is fetched here. */
export interface AvailableRelease {
  readonly version: string;
  readonly sha256: string;
  readonly url: string;
  readonly maxBytes: number;
}

/** The releases of Xray that this manager installs: pinned ones, from the configured mirror. */
@Injectable()
export class ReleaseStore {
  private readonly cache: DownloadCache;

  constructor(@Inject(MANAGER_CONFIG) private readonly config: ManagerConfig) {
    this.cache = new DownloadCache(path.join(config.data_dir, 'downloads', 'xray'));
  }

  /** A release by its version. @throws AppError xray_release_unknown, xray_releases_file_wrong */
  async find(version: string, arch: XrayArchitecture): Promise<AvailableRelease> {
    const { releases_file: file, mirror_url: mirror } = this.config.xray;
    // Read anew each time: what an administrator adds to the file counts at once.
    const release = (await XrayReleaseLock.load(file)).find(version, arch);
    return {
      version,
      sha256: release.sha256,
      url: releaseUrl(release, mirror),
      maxBytes: release.size ?? MAX_RELEASE_BYTES,
    };
  }

  /** The path of its archive on this machine, downloaded and compared with its digest. @throws StepFailure */
  archive({ url, sha256, maxBytes }: AvailableRelease, context: DownloadContext): Promise<string> {
    return this.cache.file({ url, sha256, maxBytes }, context);
  }
}
