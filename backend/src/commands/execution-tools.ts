import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { AgentsService } from '../agents/index.js';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { LOGGER } from '../platform/logging/index.js';
import { CommandNews } from './command-news.js';
import { ExecutionRepository } from './execution.repository.js';
import { InputsRepository } from './inputs.repository.js';
import { OutputRepository } from './output.repository.js';
import { ReadSizes } from './read-sizes.js';

/** What every execution works with. */
@Injectable()
export class ExecutionTools {
  readonly readSizes = new ReadSizes();

  constructor(
    readonly executions: ExecutionRepository,
    readonly output: OutputRepository,
    readonly inputs: InputsRepository,
    readonly agents: AgentsService,
    readonly news: CommandNews,
    @Inject(MANAGER_CONFIG) readonly config: ManagerConfig,
    @Inject(LOGGER) readonly logger: Logger,
  ) {}
}
