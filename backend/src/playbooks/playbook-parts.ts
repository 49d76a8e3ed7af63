import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AgentHosts, DeploymentTool } from '../deployment-tool/index.js';
import type { AgentHost } from '../deployment-tool/index.js';
import type { OperationStep } from '../operations/index.js';
import { BuiltinPlaybooks } from './builtin-playbooks.js';
import { PlaybookNews } from './playbook-news.js';
import { PlaybookRunsRepository } from './playbook-runs.repository.js';
import { PlaybookTasksRepository } from './playbook-tasks.repository.js';
import { PlaybooksRepository } from './playbooks.repository.js';

/** What the steps of a playbook remember: which command runs it. */
export const PlaybookMemory = z.object({ command_id: z.uuid().optional() });
export type PlaybookMemory = z.infer<typeof PlaybookMemory>;

/** A step of an operation that runs or checks a playbook. */
export type PlaybookStep = OperationStep<PlaybookMemory, AgentHost>;

/** What the steps of playbooks are made of. */
@Injectable()
export class PlaybookParts {
  constructor(
    readonly playbooks: PlaybooksRepository,
    readonly runs: PlaybookRunsRepository,
    readonly tasks: PlaybookTasksRepository,
    readonly builtins: BuiltinPlaybooks,
    readonly news: PlaybookNews,
    readonly hosts: AgentHosts,
    readonly tool: DeploymentTool,
  ) {}
}
