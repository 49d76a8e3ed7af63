import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { ansibleStep, syncToolStep } from '../deployment-tool/index.js';
import type { AgentHost } from '../deployment-tool/index.js';
import { erased, OperationsService } from '../operations/index.js';
import type { OperationDefinition } from '../operations/index.js';
import { CHECK_PLAYBOOK, RUN_PLAYBOOK } from './playbook-operation-types.js';
import { PlaybookMemory, PlaybookParts } from './playbook-parts.js';
import type { PlaybookStep } from './playbook-parts.js';
import { syntaxCheckStep, uploadCheckedStep } from './steps-check.js';
import { runPlaybookStep, uploadRunStep } from './steps-run.js';

type Variant = Pick<
  OperationDefinition<PlaybookMemory, AgentHost>,
  'type' | 'params' | 'steps' | 'ended'
>;

/** Declares the operations that check and run playbooks. Their rows name them; parameters are for people. */
@Injectable()
export class PlaybookOperations implements OnModuleInit {
  constructor(
    private readonly operations: OperationsService,
    private readonly parts: PlaybookParts,
  ) {}

  onModuleInit(): void {
    this.register({
      type: CHECK_PLAYBOOK,
      params: z.strictObject({ playbook_id: z.uuid(), version: z.int().min(1) }),
      steps: [...this.preparation(), uploadCheckedStep(this.parts), syntaxCheckStep(this.parts)],
      ended: async (manager, { operation: { id, error }, outcome }) => {
        if (outcome === 'succeeded') return;
        const message = error?.message ?? 'The check was cancelled.';
        await this.parts.playbooks.abandonCheck(manager, id, message);
      },
    });
    this.register({
      type: RUN_PLAYBOOK,
      params: z.strictObject({ run_id: z.uuid() }),
      steps: [...this.preparation(), uploadRunStep(this.parts), runPlaybookStep(this.parts)],
    });
  }

  private preparation(): readonly PlaybookStep[] {
    return [syncToolStep({ tool: this.parts.tool }), ansibleStep()];
  }

  private register(variant: Variant): void {
    this.operations.register(
      erased<PlaybookMemory, AgentHost>({
        ...variant,
        memory: PlaybookMemory,
        isRequestable: false,
        openSession: ({ serverId }) => this.parts.hosts.open(serverId),
      }),
    );
  }
}
