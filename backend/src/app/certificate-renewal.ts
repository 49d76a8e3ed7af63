import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { CertificateAuthority } from '../platform/crypto/index.js';
import { LOGGER } from '../platform/logging/index.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Renews the manager's client certificate in a process that runs for longer than one is valid. */
@Injectable()
export class CertificateRenewal {
  constructor(
    private readonly authority: CertificateAuthority,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Looks once a day; a failure is logged and tried again the next day. */
  @Interval(DAY_MS)
  async renew(): Promise<void> {
    try {
      await this.authority.renewWhenDue();
    } catch (error) {
      // A full disk, for example. The certificate in use stays valid for weeks.
      this.logger.error({ err: error }, 'client certificate not renewed');
    }
  }
}
