import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AgentHosts, ansibleStep, DeploymentTool, syncToolStep } from '../deployment-tool/index.js';
import type { AgentHost } from '../deployment-tool/index.js';
import { erased, OperationsService } from '../operations/index.js';
import type {
  AnyOperationDefinition,
  Ending,
  OperationDefinition,
  OperationStep,
} from '../operations/index.js';
import { DeploymentChecks } from './deployment-checks.js';
import { DeploymentMemory, DeploymentParams, DeploymentSession } from './deployment-memory.js';
import type { DeploymentStep } from './deployment-memory.js';
import { DeploymentNews } from './deployment-news.js';
import { DeploymentParts } from './deployment-parts.js';
import type { Deployment, DeploymentState, VersionOutcome } from './deployment.entity.js';
import { deployStep, probeStep, recordStep } from './steps-deploy.js';
import { artefactsStep, checkServerStep, stageStep } from './steps-prepare.js';
import { uninstallStep, verifyRemovalStep } from './steps-removal.js';

/** Types of operations on deployments. */
export const APPLY_DEPLOYMENT = 'apply_deployment';
export const ROLLBACK_DEPLOYMENT = 'rollback_deployment';
export const UNINSTALL_DEPLOYMENT = 'uninstall_deployment';
export const CHECK_DEPLOYMENT = 'check_deployment';

/** Each of them leaves a deployment that is in order, or none. */
const CHANGING = [APPLY_DEPLOYMENT, ROLLBACK_DEPLOYMENT, UNINSTALL_DEPLOYMENT] as const;

type Variant = Pick<OperationDefinition, 'type' | 'ended'> & {
  readonly steps: readonly DeploymentStep[];
};

/** Declares the operations on deployments, and what each makes of a deployment's state. */
@Injectable()
export class DeploymentOperations implements OnModuleInit {
  /** Deployments whose removal followers are to be told of. */
  private readonly removed = new Set<string>();

  constructor(
    private readonly operations: OperationsService,
    private readonly parts: DeploymentParts,
    private readonly hosts: AgentHosts,
    private readonly tool: DeploymentTool,
    private readonly checks: DeploymentChecks,
    private readonly news: DeploymentNews,
  ) {}

  onModuleInit(): void {
    const applied: Variant['ended'] = (manager, ending) => this.applied(manager, ending);
    const variants: readonly Variant[] = [
      { type: APPLY_DEPLOYMENT, steps: this.applySteps(), ended: applied },
      { type: ROLLBACK_DEPLOYMENT, steps: this.applySteps(), ended: applied },
      {
        type: UNINSTALL_DEPLOYMENT,
        steps: this.removalSteps(),
        ended: (manager, ending) => this.uninstalled(manager, ending),
      },
      { type: CHECK_DEPLOYMENT, steps: [this.checkStep()] },
    ];
    for (const variant of variants) this.operations.register(this.define(variant));
  }

  private define(variant: Variant): AnyOperationDefinition {
    return erased<DeploymentMemory, DeploymentSession>({
      ...variant,
      params: DeploymentParams,
      memory: DeploymentMemory,
      isRequestable: false,
      ...(variant.type !== CHECK_DEPLOYMENT && {
        putsInOrder: { types: CHANGING, sameParam: 'deployment_id' },
      }),
      openSession: ({ serverId, params }) =>
        new DeploymentSession(this.hosts.open(serverId), params),
      announced: (serverId) => this.announce(serverId),
    });
  }

  private applySteps(): readonly DeploymentStep[] {
    const { parts } = this;
    return [
      checkServerStep(parts, 'applying'),
      ...this.toolSteps(),
      artefactsStep(parts),
      stageStep(parts),
      deployStep(parts),
      probeStep(parts),
      recordStep(parts),
    ];
  }

  private removalSteps(): readonly DeploymentStep[] {
    const { parts } = this;
    return [
      checkServerStep(parts, 'uninstalling'),
      ...this.toolSteps(),
      uninstallStep(parts),
      verifyRemovalStep(parts),
    ];
  }

  private toolSteps(): readonly DeploymentStep[] {
    return [onHost(syncToolStep<DeploymentMemory>({ tool: this.tool })), onHost(ansibleStep())];
  }

  private checkStep(): DeploymentStep {
    return {
      name: 'look',
      title: 'Compare the server with what was deployed',
      timeoutMs: 120_000,
      apply: async (context, { host, params }) => {
        for (const line of await this.checks.check(params.deployment_id, context, host)) {
          context.log(line.message, line.level);
        }
      },
    };
  }

  /** What became of a deployment when a version was applied, or was not. */
  private async applied(manager: EntityManager, ending: Ending): Promise<void> {
    const { version } = DeploymentParams.parse(ending.operation.params);
    const deployment = await this.endedOn(manager, ending);
    if (!deployment) return;
    if (ending.outcome === 'succeeded') {
      await this.parts.repository.updateVersion(manager, deployment.id, version, {
        outcome: 'healthy',
        appliedAt: new Date(),
      });
      const changes = { ...ENDED, error: null, differences: [], appliedVersion: version };
      await this.parts.repository.update(manager, deployment.id, changes, 'healthy');
      return;
    }
    const outcome = outcomeOf(deployment, ending);
    if (outcome !== null) {
      await this.parts.repository.updateVersion(manager, deployment.id, version, { outcome });
    }
    await this.failed(manager, deployment, ending, outcome);
  }

  private async uninstalled(manager: EntityManager, ending: Ending): Promise<void> {
    const deployment = await this.endedOn(manager, ending);
    if (!deployment) return;
    if (ending.outcome === 'succeeded') {
      await this.parts.repository.delete(manager, deployment.id);
      this.removed.add(deployment.id);
      return;
    }
    await this.failed(manager, deployment, ending, deployment.hasBegun ? 'degraded' : null);
  }

  /** Stores why an operation failed; `state` null: nothing was touched. */
  private async failed(
    manager: EntityManager,
    deployment: Deployment,
    { operation, outcome }: Ending,
    state: DeploymentState | null,
  ): Promise<void> {
    const isNew = deployment.appliedVersion === null && deployment.restingState === 'planned';
    const untouched = isNew && outcome !== 'cancelled' ? 'failed' : deployment.restingState;
    const differences =
      outcome === 'cleanup_pending'
        ? operation.leftovers.map(({ step, what }) => ({
            what: 'leftover' as const,
            name: step,
            message: what,
          }))
        : state === null
          ? deployment.differences
          : [];
    await this.parts.repository.update(
      manager,
      deployment.id,
      { ...ENDED, error: operation.error, differences },
      state ?? untouched,
    );
  }

  /** The deployment an ended operation worked on, unless another operation has come after it. */
  private async endedOn(manager: EntityManager, { operation }: Ending): Promise<Deployment | null> {
    const { deployment_id: id } = DeploymentParams.parse(operation.params);
    const deployment = await this.parts.repository.lock(manager, id);
    return deployment?.operationId === operation.id ? deployment : null;
  }

  private async announce(serverId: string): Promise<void> {
    const deployments = await this.parts.repository.ofServer(serverId);
    const ids = [...deployments.map(({ id }) => id), ...this.removed];
    this.removed.clear();
    for (const id of ids) await this.news.changed(id);
  }
}

/** What every end of an operation resets. */
const ENDED = { isBusy: false } as const;

/** What a version that was not applied came to; null when it never reached the server. */
function outcomeOf(deployment: Deployment, { outcome }: Ending): VersionOutcome | null {
  if (!deployment.hasBegun) return null;
  if (outcome === 'cleanup_pending') return 'degraded';
  return deployment.appliedVersion === null ? 'failed' : 'rolled_back';
}

/** A step of the deployment tool as a step of a deployment; skipped when the server is gone. */
function onHost(step: OperationStep<DeploymentMemory, AgentHost>): DeploymentStep {
  const { name, title, check, apply, timeoutMs } = step;
  return {
    name,
    title,
    ...(timeoutMs !== undefined && { timeoutMs }),
    check: async (context, { host }) =>
      context.memory.isGone || ((await check?.(context, host)) ?? false),
    apply: (context, { host }) => apply(context, host),
  };
}
