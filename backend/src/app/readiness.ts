import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobQueue } from '../platform/queue/index.js';

/** One thing the manager cannot work without, and whether it is there. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
}

const CHECK_TIMEOUT_MS = 2000;

/** Tells whether requests can be served: database and job queue answer. */
@Injectable()
export class Readiness {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: JobQueue,
  ) {}

  /** Runs every check, each bounded to two seconds. Never throws. */
  async check(): Promise<readonly ReadinessCheck[]> {
    return Promise.all([
      checkOf('database', this.dataSource.query('SELECT 1')),
      checkOf('job queue', this.queue.ping()),
    ]);
  }
}

async function checkOf(name: string, probe: Promise<unknown>): Promise<ReadinessCheck> {
  const timeout = new Promise<false>((resolve) => {
    setTimeout(resolve, CHECK_TIMEOUT_MS, false).unref();
  });
  const answer = probe.then(
    () => true,
    // Any failure of the driver means the same to the prober; the driver's own log has the reason.
    () => false,
  );
  return { name, ok: await Promise.race([answer, timeout]) };
}
