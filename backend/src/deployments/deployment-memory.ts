import { z } from 'zod';
import type { AgentHost } from '../deployment-tool/index.js';
import type { OperationSession, OperationStep } from '../operations/index.js';

/** What an operation on a deployment was asked for. Ids only. */
export const DeploymentParams = z.strictObject({
  deployment_id: z.uuid(),
  /** The version to apply; 0 where none is. */
  version: z.int().min(0),
  /** Go on without a server that does not answer. */
  force: z.boolean().default(false),
});
export type DeploymentParams = z.infer<typeof DeploymentParams>;

/** What the steps of an operation on a deployment hand to each other. */
export const DeploymentMemory = z.object({
  /** Id of the playbook that changes the server, from before it starts until it is taken back. */
  command: z.uuid().nullable().default(null),
  /** Id of the playbook that takes the change back. */
  restore: z.uuid().nullable().default(null),
  /** The server does not answer, and nobody insists. */
  isGone: z.boolean().default(false),
});
export type DeploymentMemory = z.infer<typeof DeploymentMemory>;

/** A server, and what was asked for. */
export class DeploymentSession implements OperationSession {
  readonly params: DeploymentParams;

  constructor(
    readonly host: AgentHost,
    params: Record<string, unknown>,
  ) {
    this.params = DeploymentParams.parse(params);
  }

  close(): Promise<void> {
    return this.host.close();
  }
}

/** A step of an operation on a deployment. */
export type DeploymentStep = OperationStep<DeploymentMemory, DeploymentSession>;
