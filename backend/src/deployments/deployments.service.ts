import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/index.js';
import { newRowId, TransactionRunner } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { decodeCursor, INVALID_REQUEST, pageFrom } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { SERVER_BEING_REMOVED, ServersService } from '../servers/index.js';
import type { Server } from '../servers/index.js';
import { DeploymentConfigs, secretTexts } from './deployment-configs.js';
import type { OpenedVersion } from './deployment-configs.js';
import type { AnyDeploymentKind } from './deployment-kind.js';
import { DeploymentKinds } from './deployment-kinds.js';
import { DeploymentNews } from './deployment-news.js';
import { configDiff, configOf, detailsOf, summaryOf, versionOf } from './deployment-views.js';
import type { Deployment } from './deployment.entity.js';
import {
  DEPLOYMENT_BUSY,
  DEPLOYMENT_CHANGED,
  DEPLOYMENT_EXISTS,
  DEPLOYMENT_NOT_FOUND,
} from './deployments.errors.js';
import { DeploymentsRepository } from './deployments.repository.js';
import type { ListedDeployment } from './deployments.repository.js';
import type {
  DeploymentDetails,
  DeploymentPage,
  DeploymentQuery,
  HistoryQuery,
  PutConfig,
  VersionDetails,
  VersionPage,
} from './deployments.schema.js';
import { Masker, unifiedDiff } from './readable-diff.js';

/** A configuration for a new deployment. */
export interface NewDeployment {
  readonly kind: AnyDeploymentKind;
  readonly serverId: string;
  readonly config: unknown;
  readonly note: string | null;
  readonly actor: Actor;
}

/** The records of deployments: what is wanted where, in which versions. */
@Injectable()
export class DeploymentsService {
  constructor(
    private readonly repository: DeploymentsRepository,
    private readonly configs: DeploymentConfigs,
    private readonly kinds: DeploymentKinds,
    private readonly servers: ServersService,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
    private readonly news: DeploymentNews,
  ) {}

  /** @throws AppError deployment_not_found */
  async find(id: string, manager?: EntityManager): Promise<Deployment> {
    return found(await this.repository.find(id, manager), id);
  }

  /** Reads a deployment and keeps others from changing it. @throws AppError deployment_not_found */
  async lock(manager: EntityManager, id: string): Promise<Deployment> {
    return found(await this.repository.lock(manager, id), id);
  }

  /** Adds the name of its server. */
  async listed(deployment: Deployment, manager?: EntityManager): Promise<ListedDeployment> {
    const [listed] = await this.repository.withServers([deployment], manager);
    if (!listed) throw new Error('a deployment lost its server while it was read');
    return listed;
  }

  /** A page of deployments, newest first. */
  async list(query: DeploymentQuery): Promise<DeploymentPage> {
    const { limit, cursor, server_id: serverId, kind, state, search } = query;
    const before = cursor === undefined ? undefined : decodeCursor(cursor, 1)[0];
    const rows = await this.repository.list({ serverId, kind, state, search }, limit + 1, before);
    const page = pageFrom(rows, limit, ({ deployment }) => [deployment.id], summaryOf);
    return { ...page, items: [...page.items] };
  }

  /** @throws AppError deployment_not_found */
  async details(id: string): Promise<DeploymentDetails> {
    const deployment = await this.find(id);
    const desired = await this.configs.version(id, deployment.desiredVersion);
    const applied = await this.appliedOf(deployment);
    return detailsOf(await this.listed(deployment), desired, applied);
  }

  /**
   * Stores a deployment with its first version, in the caller's transaction.
   *
   * @throws AppError server_not_found, server_being_removed, deployment_exists, invalid_request
   */
  async insert(manager: EntityManager, wanted: NewDeployment): Promise<Deployment> {
    const { kind, serverId, actor } = wanted;
    const server = await this.servers.lock(manager, serverId);
    refuseRemoved(server);
    const id = newRowId();
    const row = { id, kind: kind.name, serverId, seedSealed: this.configs.newSeed(id) };
    if (!(await this.repository.insert(manager, row))) {
      throw new AppError(
        DEPLOYMENT_EXISTS,
        `“${server.name}” has a deployment of the kind ${kind.name} already. Change that one instead.`,
        { server_id: serverId },
      );
    }
    const deployment = await this.find(id, manager);
    const context = this.configs.contextOf(deployment, server);
    const split = await this.configs.entered(kind, wanted.config, new Map(), context);
    await this.addVersion(manager, deployment, 1, { ...split, note: wanted.note, actor });
    await this.record(manager, 'deployment.create', actor, deployment, { version: 1 });
    return deployment;
  }

  /**
   * Stores a configuration as the desired version, unless it is that already. Nothing is applied.
   *
   * @throws AppError deployment_not_found, deployment_changed, invalid_request; deployment_busy when it is
   *   `toBeApplied` at once
   */
  async configure(
    id: string,
    body: PutConfig,
    actor: Actor,
    { toBeApplied = false } = {},
  ): Promise<DeploymentDetails> {
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const deployment = await this.lock(manager, id);
      if (toBeApplied) refuseBusy(deployment);
      const { desiredVersion } = deployment;
      if (body.expected_version !== undefined && body.expected_version !== desiredVersion) {
        throw new AppError(
          DEPLOYMENT_CHANGED,
          `Somebody else has made version ${String(desiredVersion)} meanwhile. Look at it first.`,
          { desired_version: desiredVersion },
        );
      }
      const kind = this.kinds.get(deployment.kind);
      const current = await this.configs.version(id, desiredVersion, manager);
      const server = await this.servers.get(deployment.serverId, manager);
      const known = this.configs.secretsOf(current);
      const context = this.configs.contextOf(deployment, server);
      const split = await this.configs.entered(kind, body.config, known, context);
      if (isDeepStrictEqual(split.open, current.config)) return;
      const number = (await this.repository.newestNumber(manager, id)) + 1;
      await this.addVersion(manager, deployment, number, {
        ...split,
        note: body.note ?? null,
        actor,
      });
      await this.repository.update(manager, id, { desiredVersion: number });
      await this.record(manager, 'deployment.configure', actor, deployment, { version: number });
      transaction.afterCommit(() => this.news.changed(id));
    });
    return this.details(id);
  }

  /** Stores the content of an earlier version as the newest one, and makes it the desired one. */
  async copyVersion(
    manager: EntityManager,
    deployment: Deployment,
    number: number,
    actor: Actor,
  ): Promise<number> {
    const source = await this.configs.version(deployment.id, number, manager);
    const next = (await this.repository.newestNumber(manager, deployment.id)) + 1;
    await this.addVersion(manager, deployment, next, {
      open: source.config,
      secrets: this.configs.secretsOf(source),
      note: source.note,
      copiedFrom: number,
      actor,
    });
    await this.repository.update(manager, deployment.id, { desiredVersion: next });
    return next;
  }

  /** A page of versions, newest first. @throws AppError deployment_not_found */
  async history(id: string, { limit, cursor }: HistoryQuery): Promise<VersionPage> {
    await this.find(id);
    const before = cursor === undefined ? undefined : numberOf(decodeCursor(cursor, 1)[0]);
    const rows = await this.repository.versions(id, limit + 1, before);
    const page = pageFrom(
      rows,
      limit,
      ({ number }) => [String(number)],
      (version) =>
        versionOf(
          version,
          rows.find(({ number }) => number === version.number - 1),
        ),
    );
    return { ...page, items: [...page.items] };
  }

  /**
   * One version, with what it changes against another one.
   *
   * @throws AppError deployment_not_found, deployment_version_not_found
   */
  async version(id: string, number: number, against?: number): Promise<VersionDetails> {
    const deployment = await this.find(id);
    const server = await this.servers.get(deployment.serverId);
    const other = against ?? (number > 1 ? number - 1 : null);
    const opened = await this.configs.open(deployment, number, server);
    const base = other === null ? null : await this.configs.open(deployment, other, server);
    return {
      ...versionOf(opened.version, base?.version),
      config: configOf(opened.version),
      config_diff: configDiff(base?.version.config, opened.version.config),
      against: other,
      files: fileDiffs(base, opened),
    };
  }

  /** Writes what happened to a deployment into the audit log. */
  record(
    manager: EntityManager,
    action: string,
    actor: Actor,
    { id, kind, serverId }: Pick<Deployment, 'id' | 'kind' | 'serverId'>,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    return this.audit.record(manager, {
      actor,
      action,
      object: { type: 'deployment', id, name: kind },
      outcome: 'success',
      details: { server_id: serverId, ...details },
    });
  }

  private async appliedOf(deployment: Deployment): Promise<OpenedVersion | null> {
    if (deployment.appliedVersion === null) return null;
    const server = await this.servers.get(deployment.serverId);
    try {
      return await this.configs.open(deployment, deployment.appliedVersion, server);
    } catch (error) {
      // Of another version of the manager: it can still be shown, without its results.
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  private addVersion(
    manager: EntityManager,
    deployment: Deployment,
    number: number,
    version: {
      readonly open: unknown;
      readonly secrets: ReadonlyMap<string, string>;
      readonly note: string | null;
      readonly copiedFrom?: number;
      readonly actor: Actor;
    },
  ): Promise<void> {
    const id = newRowId();
    return this.repository.insertVersion(manager, {
      id,
      deploymentId: deployment.id,
      number,
      config: version.open,
      secretsSealed: this.configs.sealed(id, version.secrets),
      note: version.note,
      copiedFrom: version.copiedFrom ?? null,
      actor: version.actor,
    });
  }
}

function found(deployment: Deployment | null, id: string): Deployment {
  if (deployment) return deployment;
  throw new AppError(DEPLOYMENT_NOT_FOUND, `There is no deployment with the id ${id}.`);
}

/** @throws AppError deployment_busy while an operation works on the deployment. */
export function refuseBusy({ isBusy, operationId }: Deployment): void {
  if (!isBusy) return;
  throw new AppError(
    DEPLOYMENT_BUSY,
    'An operation works on the deployment. Wait for its end, or cancel it.',
    { operation_id: operationId },
  );
}

function refuseRemoved(server: Server): void {
  if (server.status !== 'removing') return;
  throw new AppError(SERVER_BEING_REMOVED, `“${server.name}” is being removed.`);
}

function numberOf(text: string | undefined): number {
  if (text !== undefined && /^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError(INVALID_REQUEST, 'The cursor is not valid: start again without one.');
}

/** How the files of one version differ from those of another. */
function fileDiffs(base: OpenedVersion | null, opened: OpenedVersion): VersionDetails['files'] {
  const masker = new Masker([...secretTexts(opened), ...(base ? secretTexts(base) : [])]);
  const [before, after] = [shownFiles(base), shownFiles(opened)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const diff = unifiedDiff(path, before.get(path) ?? null, after.get(path) ?? null, masker);
    return diff === null ? [] : [{ path, diff }];
  });
}

function shownFiles(opened: OpenedVersion | null): ReadonlyMap<string, string> {
  return new Map(
    (opened?.rendered.files ?? [])
      .filter(({ secret, content }) => !secret && typeof content === 'string')
      .map(({ path, content }) => [path, content.toString()]),
  );
}
