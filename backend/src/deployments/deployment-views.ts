import type { z } from 'zod';
import type { OpenedVersion } from './deployment-configs.js';
import type { Deployment, DeploymentVersion } from './deployment.entity.js';
import type { ListedDeployment } from './deployments.repository.js';
import type { DeploymentDetails, DeploymentSummary, VersionSummary } from './deployments.schema.js';
import { Masker, prettyConfig, unifiedDiff } from './readable-diff.js';

/** Marks in configurations are no secrets: nothing is left to mask. */
const NOTHING_TO_MASK = new Masker([]);

/** A deployment as lists show it. */
export function summaryOf({ deployment, serverName }: ListedDeployment): DeploymentSummary {
  return {
    id: deployment.id,
    kind: deployment.kind,
    server_id: deployment.serverId,
    server_name: serverName,
    state: deployment.state,
    state_since: deployment.stateSince.toISOString(),
    desired_version: deployment.desiredVersion,
    applied_version: deployment.appliedVersion,
    error: deployment.error,
    differences: deployment.differences,
    operation_id: deployment.operationId,
    busy: deployment.isBusy,
    last_check_at: deployment.lastCheckAt?.toISOString() ?? null,
    created_at: deployment.createdAt.toISOString(),
    updated_at: deployment.updatedAt.toISOString(),
  };
}

/** A deployment as it is shown by itself; `applied` null when it was never applied. */
export function detailsOf(
  listed: ListedDeployment,
  desired: DeploymentVersion,
  applied: OpenedVersion | null,
): DeploymentDetails {
  return {
    ...summaryOf(listed),
    config: configOf(desired),
    results: applied ? [...applied.kind.result(applied.config, applied.context)] : [],
    program_version: shownVersion(applied?.version.manifest?.versionOutput ?? null),
  };
}

/** A version in the history; `before` is the one before it. */
export function versionOf(
  version: DeploymentVersion,
  before: DeploymentVersion | undefined,
): z.infer<typeof VersionSummary> {
  const { kind, id, name } = version.actor;
  return {
    version: version.number,
    note: version.note,
    copied_from: version.copiedFrom,
    actor: { kind, id, name },
    outcome: version.outcome,
    applied_at: version.appliedAt?.toISOString() ?? null,
    created_at: version.createdAt.toISOString(),
    config_diff: configDiff(before?.config, version.config),
  };
}

/** How a stored configuration differs from another one; `before` undefined: there is none. */
export function configDiff(before: unknown, after: unknown): string | null {
  const old = before === undefined ? null : prettyConfig(before);
  return unifiedDiff('config.json', old, prettyConfig(after), NOTHING_TO_MASK);
}

/** A stored configuration as it is answered. */
export function configOf(version: Pick<DeploymentVersion, 'config'>): Record<string, unknown> {
  return version.config as Record<string, unknown>;
}

/** The part of what a version command printed that people want to see. */
export function shownVersion(output: string | null): string | null {
  if (output === null) return null;
  const [first = ''] = output.trim().split('\n');
  return /\d+(\.\d+)+[^\s,)]*/.exec(first)?.[0] ?? first.slice(0, 80);
}

/** The state a deployment goes back to when nothing was touched. */
export function restingStateOf({ isBusy, state, restingState }: Deployment): Deployment['state'] {
  return isBusy ? restingState : state;
}
