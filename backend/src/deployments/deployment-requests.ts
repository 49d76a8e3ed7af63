import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OperationsService } from '../operations/index.js';
import { TransactionRunner } from '../platform/database/index.js';
import type { Transaction } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import type { Actor } from '../platform/http/index.js';
import { SERVER_NOT_FOUND, ServersService } from '../servers/index.js';
import { DeploymentKinds } from './deployment-kinds.js';
import { DeploymentNews } from './deployment-news.js';
import { restingStateOf, summaryOf } from './deployment-views.js';
import type { Deployment } from './deployment.entity.js';
import {
  DEPLOYMENT_NOT_APPLIED,
  DEPLOYMENT_VERSION_NOT_FOUND,
  NO_DEPLOYMENT_TARGET,
} from './deployments.errors.js';
import {
  APPLY_DEPLOYMENT,
  CHECK_DEPLOYMENT,
  ROLLBACK_DEPLOYMENT,
  UNINSTALL_DEPLOYMENT,
} from './deployments.operations.js';
import { DeploymentsRepository } from './deployments.repository.js';
import type {
  ApplyDeployments,
  CreateDeployments,
  DeploymentsAccepted,
  OperationAccepted,
  UninstallAccepted,
} from './deployments.schema.js';
import { DeploymentsService, refuseBusy } from './deployments.service.js';

/** How several servers are worked on. */
type BatchOptions = Pick<ApplyDeployments, 'limit_parallel' | 'stop_on_failure'>;

/** Accepts work on deployments: one operation per server. */
@Injectable()
export class DeploymentRequests {
  constructor(
    private readonly deployments: DeploymentsService,
    private readonly repository: DeploymentsRepository,
    private readonly kinds: DeploymentKinds,
    private readonly operations: OperationsService,
    private readonly servers: ServersService,
    private readonly transactions: TransactionRunner,
    private readonly news: DeploymentNews,
  ) {}

  /**
   * Stores a deployment for every selected server, or for none, and applies them when asked to.
   *
   * @throws AppError unknown_deployment_kind, no_deployment_target, server_not_found, deployment_exists,
   *   invalid_request
   */
  async create(body: CreateDeployments, actor: Actor): Promise<DeploymentsAccepted> {
    const kind = this.kinds.get(body.kind);
    const serverIds = await this.select(body);
    return this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const made: Deployment[] = [];
      // One after the other, in one order: two requests never wait for each other's servers.
      for (const serverId of [...serverIds].sort()) {
        const wanted = { kind, serverId, config: body.config, note: body.note ?? null, actor };
        made.push(await this.deployments.insert(manager, wanted));
      }
      transaction.afterCommit(() => this.announce(made));
      if (!body.apply) return this.accepted(manager, made, null, []);
      return this.applyAll(transaction, made, body, actor);
    });
  }

  /** Applies the desired versions of several deployments, or of none of them. @throws AppError */
  async applyMany(body: ApplyDeployments, actor: Actor): Promise<DeploymentsAccepted> {
    return this.transactions.run(async (transaction) => {
      const deployments: Deployment[] = [];
      for (const id of [...new Set(body.deployment_ids)].sort()) {
        deployments.push(await this.deployments.lock(transaction.manager, id));
      }
      return this.applyAll(transaction, deployments, body, actor);
    });
  }

  /** Applies the desired version. @throws AppError deployment_not_found, deployment_busy */
  apply(id: string, actor: Actor): Promise<OperationAccepted> {
    return this.one(id, async (transaction, deployment) => {
      const version = deployment.desiredVersion;
      return this.request(transaction, deployment, { type: APPLY_DEPLOYMENT, version, actor });
    });
  }

  /**
   * Goes back to an earlier version: its content becomes the newest version, which is applied.
   *
   * @throws AppError deployment_not_found, deployment_busy, deployment_version_not_found
   */
  rollback(id: string, version: number | undefined, actor: Actor): Promise<OperationAccepted> {
    return this.one(id, async (transaction, deployment) => {
      const { manager } = transaction;
      refuseBusy(deployment);
      const source = version ?? (await this.lastKnownGood(manager, deployment));
      const next = await this.deployments.copyVersion(manager, deployment, source, actor);
      const request = { type: ROLLBACK_DEPLOYMENT, version: next, actor };
      return this.request(transaction, deployment, request, { from: source });
    });
  }

  /**
   * Takes the service away and forgets the deployment; one that never reached its server is forgotten at once.
   *
   * @throws AppError deployment_not_found, deployment_busy
   */
  async uninstall(id: string, force: boolean, actor: Actor): Promise<UninstallAccepted> {
    return this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const deployment = await this.deployments.lock(manager, id);
      refuseBusy(deployment);
      const version = deployment.appliedVersion ?? deployment.desiredVersion;
      if (!isOnServer(deployment)) {
        await this.deployments.record(manager, 'deployment.uninstall', actor, deployment);
        await this.repository.delete(manager, id);
        transaction.afterCommit(() => this.news.changed(id));
        return { operation_id: null };
      }
      const request = { type: UNINSTALL_DEPLOYMENT, version, force, actor };
      return { operation_id: await this.request(transaction, deployment, request, { force }) };
    });
  }

  /** Compares the server with what was deployed. @throws AppError deployment_not_applied */
  check(id: string, actor: Actor): Promise<OperationAccepted> {
    return this.one(id, async (transaction, deployment) => {
      const { appliedVersion: version } = deployment;
      if (version === null) {
        throw new AppError(
          DEPLOYMENT_NOT_APPLIED,
          'The deployment was never applied: there is nothing to compare the server with.',
        );
      }
      const accepted = await this.operations.request(transaction.manager, {
        type: CHECK_DEPLOYMENT,
        serverId: deployment.serverId,
        params: { deployment_id: id, version },
        actor,
      });
      transaction.afterCommit(() => this.operations.wake(accepted.id));
      return accepted.id;
    });
  }

  private async one(
    id: string,
    request: (transaction: Transaction, deployment: Deployment) => Promise<string>,
  ): Promise<OperationAccepted> {
    return this.transactions.run(async (transaction) => {
      const deployment = await this.deployments.lock(transaction.manager, id);
      const operationId = await request(transaction, deployment);
      const now = await this.deployments.find(id, transaction.manager);
      const listed = await this.deployments.listed(now, transaction.manager);
      return { deployment: summaryOf(listed), operation_id: operationId };
    });
  }

  private async request(
    transaction: Transaction,
    deployment: Deployment,
    request: { type: string; version: number; force?: boolean; actor: Actor },
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const { manager } = transaction;
    refuseBusy(deployment);
    const { type, version, force = false, actor } = request;
    const { id } = await this.operations.request(manager, {
      type,
      serverId: deployment.serverId,
      params: { deployment_id: deployment.id, version, force },
      actor,
    });
    await this.claimed(manager, deployment, id, type);
    const action = `deployment.${type.split('_')[0] ?? type}`;
    await this.deployments.record(manager, action, actor, deployment, { version, ...details });
    transaction.afterCommit(() => this.operations.wake(id));
    return id;
  }

  private async applyAll(
    transaction: Transaction,
    deployments: readonly Deployment[],
    { limit_parallel: limitParallel, stop_on_failure: stopOnFailure }: BatchOptions,
    actor: Actor,
  ): Promise<DeploymentsAccepted> {
    const { manager } = transaction;
    const [only] = deployments;
    if (deployments.length === 1 && only) {
      const request = { type: APPLY_DEPLOYMENT, version: only.desiredVersion, actor };
      const id = await this.request(transaction, only, request);
      return this.accepted(manager, deployments, null, [id]);
    }
    for (const deployment of deployments) refuseBusy(deployment);
    const { batchId, operationIds } = await this.operations.requestBatch(manager, {
      type: APPLY_DEPLOYMENT,
      targets: deployments.map(({ id, serverId, desiredVersion }) => ({
        serverId,
        params: { deployment_id: id, version: desiredVersion },
      })),
      limitParallel,
      stopOnFailure,
      actor,
    });
    for (const [index, deployment] of deployments.entries()) {
      const operationId = operationIds[index];
      if (operationId === undefined) throw new Error('a batch answered too few operations');
      await this.claimed(manager, deployment, operationId, APPLY_DEPLOYMENT);
      const details = { version: deployment.desiredVersion, batch_id: batchId };
      await this.deployments.record(manager, 'deployment.apply', actor, deployment, details);
    }
    transaction.afterCommit(() => this.operations.wakeBatch({ operationIds }));
    return this.accepted(manager, deployments, batchId, operationIds);
  }

  /** Says that an operation works on the deployment, until its end says otherwise. */
  private claimed(
    manager: EntityManager,
    deployment: Deployment,
    operationId: string,
    type: string,
  ): Promise<void> {
    const state = type === UNINSTALL_DEPLOYMENT ? 'uninstalling' : 'applying';
    const restingState = restingStateOf(deployment);
    const changes = { operationId, isBusy: true, hasBegun: false, restingState };
    return this.repository.update(manager, deployment.id, changes, state);
  }

  /** The version to go back to when none is named. */
  private async lastKnownGood(manager: EntityManager, deployment: Deployment): Promise<number> {
    const { id, appliedVersion, desiredVersion } = deployment;
    if (appliedVersion !== null && appliedVersion !== desiredVersion) return appliedVersion;
    const earlier = await this.repository.healthyBefore(manager, id, desiredVersion);
    if (earlier !== null) return earlier;
    throw new AppError(
      DEPLOYMENT_VERSION_NOT_FOUND,
      'No other version of this deployment was ever healthy: there is none to go back to.',
    );
  }

  private async accepted(
    manager: EntityManager,
    deployments: readonly Deployment[],
    batchId: string | null,
    operationIds: readonly string[],
  ): Promise<DeploymentsAccepted> {
    const rows = await Promise.all(deployments.map(({ id }) => this.deployments.find(id, manager)));
    const listed = await this.repository.withServers(rows, manager);
    const shown = listed.map(summaryOf);
    return { deployments: shown, batch_id: batchId, operation_ids: [...operationIds] };
  }

  private async announce(deployments: readonly Deployment[]): Promise<void> {
    for (const { id } of deployments) await this.news.changed(id);
  }

  private async select({ server_ids: ids, labels }: CreateDeployments): Promise<readonly string[]> {
    if (ids) {
      const known = new Set(await this.servers.ids({}));
      const unknown = ids.find((id) => !known.has(id));
      if (unknown === undefined) return [...new Set(ids)];
      throw new AppError(SERVER_NOT_FOUND, `There is no server with the id ${unknown}.`);
    }
    const found = await this.servers.ids({ labels: labels ?? {} });
    if (found.length > 0) return found;
    throw new AppError(NO_DEPLOYMENT_TARGET, 'No server has all of these labels.');
  }
}

/** Whether something of it may be on its server. */
function isOnServer({ appliedVersion, state }: Deployment): boolean {
  return appliedVersion !== null || !['planned', 'failed'].includes(state);
}
