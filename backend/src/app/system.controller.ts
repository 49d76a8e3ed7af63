import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AppError } from '../platform/errors/index.js';
import { Endpoint, NOT_READY, PUBLIC } from '../platform/http/index.js';
import { Metrics } from '../platform/metrics/index.js';
import { Readiness } from './readiness.js';
import { SystemInformation } from './system-information.schema.js';
import { SystemInformationService } from './system-information.service.js';
import { VERSION } from './version.js';

const Liveness = z
  .object({ status: z.literal('ok'), version: z.string() })
  .meta({ id: 'Liveness' });

const ReadinessReport = z
  .object({
    status: z.literal('ready'),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
  })
  .meta({ id: 'Readiness' });

/** Probes for load balancers (public, and therefore silent about the fleet), figures, and what this manager is. */
@ApiTags('system')
@Controller()
export class SystemController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Metrics) private readonly metrics: Metrics,
    private readonly information: SystemInformationService,
  ) {}

  @Get('healthz')
  @Endpoint({ permission: PUBLIC, summary: 'The process is alive', response: Liveness })
  getLiveness(): z.infer<typeof Liveness> {
    return { status: 'ok', version: VERSION };
  }

  @Get('readyz')
  @Endpoint({
    permission: PUBLIC,
    summary: 'Requests can be served',
    response: ReadinessReport,
    errors: [NOT_READY],
  })
  async getReadiness(): Promise<z.infer<typeof ReadinessReport>> {
    const checks = await this.readiness.check();
    const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    if (failed.length > 0) {
      throw new AppError(NOT_READY, `Not available: ${failed.join(', ')}.`, { checks });
    }
    return { status: 'ready', checks: [...checks] };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Endpoint({
    permission: 'system:read',
    summary: 'Figures for Prometheus',
    produces: 'text/plain',
  })
  async getMetrics(): Promise<string> {
    const { body } = await this.metrics.render();
    return body;
  }

  @Get('api/v1/system')
  @Endpoint({
    permission: 'system:read',
    summary: 'What this manager is, how its parts are, and what they take',
    response: SystemInformation,
  })
  getSystem(): Promise<SystemInformation> {
    return this.information.read();
  }
}
