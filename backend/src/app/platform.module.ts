import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import { CertificateAuthority, Keyring, SecretBox } from '../platform/crypto/index.js';
import { PgNotifier, TransactionRunner } from '../platform/database/index.js';
import { LiveBus } from '../platform/live/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { Metrics } from '../platform/metrics/index.js';
import { JobQueue } from '../platform/queue/index.js';
import type { Resources } from './resources.js';

/** Hands the opened resources to every feature. */
@Module({})
export class PlatformModule {
  /** The module over resources that are open already. */
  static over(resources: Resources): DynamicModule {
    const { logger, dataSource } = resources;
    const providers: Provider[] = [
      { provide: MANAGER_CONFIG, useValue: resources.config },
      { provide: LOGGER, useValue: logger },
      { provide: DataSource, useValue: dataSource },
      { provide: TransactionRunner, useValue: new TransactionRunner(dataSource, logger) },
      { provide: JobQueue, useValue: resources.queue },
      { provide: PgNotifier, useValue: resources.notifier },
      { provide: Keyring, useValue: resources.keyring },
      { provide: SecretBox, useValue: resources.secretBox },
      { provide: CertificateAuthority, useValue: resources.certificateAuthority },
      { provide: Metrics, useValue: new Metrics() },
      { provide: LiveBus, useValue: new LiveBus() },
    ];
    return {
      module: PlatformModule,
      global: true,
      providers,
      exports: providers.map((provider) => ('provide' in provider ? provider.provide : provider)),
    };
  }
}
