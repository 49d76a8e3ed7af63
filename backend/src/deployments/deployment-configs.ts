import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { SecretBox } from '../platform/crypto/index.js';
import type { SecretPlace } from '../platform/crypto/index.js';
import { AppError } from '../platform/errors/index.js';
import { INVALID_REQUEST } from '../platform/http/index.js';
import type { Server } from '../servers/index.js';
import { joinSecrets, splitSecrets, UnknownSecretError } from './config-secrets.js';
import type { SecretValues, SplitConfig } from './config-secrets.js';
import type { AnyDeploymentKind, Architecture, RenderContext } from './deployment-kind.js';
import type { Deployment, DeploymentVersion } from './deployment.entity.js';
import { DeploymentKinds } from './deployment-kinds.js';
import { DEPLOYMENT_CONFIG_OUTDATED, DEPLOYMENT_VERSION_NOT_FOUND } from './deployments.errors.js';
import { DeploymentsRepository } from './deployments.repository.js';
import type { Rendered } from './deployment-kind.js';

/** A version's configuration with its secrets, and what it renders to. */
export interface OpenedVersion {
  readonly kind: AnyDeploymentKind;
  readonly version: DeploymentVersion;
  readonly config: unknown;
  readonly secrets: SecretValues;
  readonly context: RenderContext;
  readonly rendered: Rendered;
}

/** Secrets of a version by their ids, as they are sealed. */
const StoredSecrets = z.record(z.string(), z.string());

/** What configurations are entered as and stored as. */
@Injectable()
export class DeploymentConfigs {
  constructor(
    private readonly repository: DeploymentsRepository,
    private readonly kinds: DeploymentKinds,
    private readonly box: SecretBox,
  ) {}

  /** The kind of a deployment. @throws AppError unknown_deployment_kind */
  kindOf({ kind }: Deployment): AnyDeploymentKind {
    return this.kinds.get(kind);
  }

  /** A new seed, sealed for a deployment. */
  newSeed(deploymentId: string): Buffer {
    return this.box.seal(randomBytes(32).toString('hex'), seedPlace(deploymentId));
  }

  /**
   * Checks an entered configuration and splits it for storing. Marks in it stand for `known` secrets.
   *
   * @throws AppError invalid_request with the paths of what is wrong.
   */
  async entered(
    kind: AnyDeploymentKind,
    input: unknown,
    known: SecretValues,
    context: RenderContext,
  ): Promise<SplitConfig & { readonly config: unknown }> {
    const joined = this.joined(kind, input, known);
    const completed = kind.complete ? await kind.complete(joined, context) : joined;
    const parsed = kind.config.safeParse(completed);
    if (!parsed.success) {
      const errors = parsed.error.issues.map(({ path, message }) => ({
        path: ['config', ...path].map(String).join('.'),
        message,
      }));
      const [first] = errors;
      const detail = `${first?.path ?? 'config'}: ${first?.message ?? 'not valid'}`;
      throw new AppError(INVALID_REQUEST, detail, { errors });
    }
    return {
      ...splitSecrets(parsed.data, kind.secretPaths, known),
      config: parsed.data,
    };
  }

  /** Secrets as they are stored with a version; null when there are none. */
  sealed(versionId: string, secrets: SecretValues): Buffer | null {
    if (secrets.size === 0) return null;
    return this.box.seal(JSON.stringify(Object.fromEntries(secrets)), secretsPlace(versionId));
  }

  /** The secrets of a stored version. */
  secretsOf(version: DeploymentVersion): SecretValues {
    if (version.secretsSealed === null) return new Map();
    const text = this.box.open(version.secretsSealed, secretsPlace(version.id)).reveal();
    return new Map(Object.entries(StoredSecrets.parse(JSON.parse(text))));
  }

  /** What rendering a deployment depends on besides its configuration. */
  contextOf(deployment: Deployment, server: Pick<Server, 'host' | 'facts'>): RenderContext {
    return {
      deploymentId: deployment.id,
      serverHost: server.host,
      arch: architectureOf(server.facts?.arch),
      seed: this.box.open(deployment.seedSealed, seedPlace(deployment.id)).reveal(),
    };
  }

  /**
   * A stored version, opened and rendered.
   *
   * @throws AppError deployment_version_not_found, deployment_config_outdated
   */
  async open(
    deployment: Deployment,
    number: number,
    server: Pick<Server, 'host' | 'facts'>,
    manager?: EntityManager,
  ): Promise<OpenedVersion> {
    const kind = this.kindOf(deployment);
    const version = await this.version(deployment.id, number, manager);
    const secrets = this.secretsOf(version);
    const joined = joinSecrets(version.config, kind.secretPaths, secrets);
    const parsed = kind.config.safeParse(joined);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new AppError(
        DEPLOYMENT_CONFIG_OUTDATED,
        `Version ${String(number)} cannot be used any more: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. Enter the configuration again.`,
      );
    }
    const context = this.contextOf(deployment, server);
    const rendered = await kind.render(parsed.data, context);
    return { kind, version, config: parsed.data, secrets, context, rendered };
  }

  /** @throws AppError deployment_version_not_found */
  async version(
    deploymentId: string,
    number: number,
    manager?: EntityManager,
  ): Promise<DeploymentVersion> {
    const version = await this.repository.version(deploymentId, number, manager);
    if (version) return version;
    throw new AppError(
      DEPLOYMENT_VERSION_NOT_FOUND,
      `The deployment has no version ${String(number)}.`,
    );
  }

  private joined(kind: AnyDeploymentKind, input: unknown, known: SecretValues): unknown {
    try {
      return joinSecrets(input, kind.secretPaths, known);
    } catch (error) {
      if (!(error instanceof UnknownSecretError)) throw error;
      const path = `config${error.path.replaceAll('/', '.')}`;
      throw new AppError(INVALID_REQUEST, error.message, {
        errors: [{ path, message: 'is not a stored secret: enter it again' }],
      });
    }
  }
}

/** Every text that must not be shown of an opened version. */
export function secretTexts({
  secrets,
  rendered,
  context,
}: Pick<OpenedVersion, 'secrets' | 'rendered' | 'context'>): readonly string[] {
  const fromVars = rendered.secretVars.flatMap((name) => textsOf(rendered.vars[name]));
  return [...secrets.values(), ...(rendered.masks ?? []), ...fromVars, context.seed];
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

function architectureOf(arch: string | undefined): Architecture {
  return arch === 'arm64' ? 'arm64' : 'x64';
}

function seedPlace(deploymentId: string): SecretPlace {
  return { table: 'deployments', column: 'seed_sealed', rowId: deploymentId };
}

function secretsPlace(versionId: string): SecretPlace {
  return { table: 'deployment_versions', column: 'secrets_sealed', rowId: versionId };
}
