import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { directoryUsage } from './directory-size.js';
import { Readiness } from './readiness.js';
import type { SystemInformation } from './system-information.schema.js';
import { VERSION } from './version.js';

interface DatabaseRow {
  readonly version: string;
  readonly size_bytes: number;
  readonly command_output_bytes: number;
  readonly servers: number;
  readonly users: number;
  readonly commands: number;
  readonly operations: number;
  readonly audit_events: number;
}

/** Sizes and counts, as numbers a browser can hold. */
const DATABASE_FACTS = `
  SELECT current_setting('server_version') AS version,
         pg_database_size(current_database())::float8 AS size_bytes,
         pg_total_relation_size('command_output')::float8 AS command_output_bytes,
         (SELECT count(*)::float8 FROM servers) AS servers,
         (SELECT count(*)::float8 FROM users) AS users,
         (SELECT count(*)::float8 FROM commands) AS commands,
         (SELECT count(*)::float8 FROM operations) AS operations,
         (SELECT count(*)::float8 FROM audit_events) AS audit_events`;

/** Tells an administrator what this manager is and what it takes. Nothing in it is a secret. */
@Injectable()
export class SystemInformationService {
  private readonly startedAt = new Date(Date.now() - process.uptime() * 1000);

  constructor(
    private readonly dataSource: DataSource,
    private readonly readiness: Readiness,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
  ) {}

  /** Everything at once; sizes are measured now. @throws Error when the database does not answer */
  async read(): Promise<SystemInformation> {
    const [checks, rows, usage] = await Promise.all([
      this.readiness.check(),
      this.dataSource.query<DatabaseRow[]>(DATABASE_FACTS),
      directoryUsage(this.config.data_dir),
    ]);
    const [row] = rows;
    if (!row) throw new Error('the database told nothing about itself');
    const { version, size_bytes, command_output_bytes, ...counts } = row;
    return {
      version: VERSION,
      node_version: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      started_at: this.startedAt.toISOString(),
      checks: [...checks],
      database: {
        kind: this.config.database.url === undefined ? 'embedded' : 'external',
        version,
        size_bytes,
        command_output_bytes,
      },
      queue: { backend: this.config.redis.url === undefined ? 'postgresql' : 'redis' },
      data_directory: { path: this.config.data_dir, ...usage },
      retention: { commands_days: this.config.commands.retention_days },
      counts,
    };
  }
}
