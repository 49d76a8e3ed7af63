import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import type { DeploymentVersionSummary } from '../platform/api/generated/models/deployment-version-summary';

/** What of a deployment says which version is which. */
export type Versioned = Pick<DeploymentSummary, 'desired_version' | 'applied_version'>;

/**
 * The version a rollback goes to when none is named, as the manager chooses it: what runs, where something
 * else is wanted; else the newest one before that was healthy. Null when there is none.
 */
export function versionToGoBackTo(
  { desired_version: desired, applied_version: applied }: Versioned,
  history: readonly Pick<DeploymentVersionSummary, 'version' | 'outcome'>[],
): number | null {
  if (applied !== null && applied !== desired) return applied;
  const earlier = history
    .filter(({ version, outcome }) => version < desired && outcome === 'healthy')
    .map(({ version }) => version);
  return earlier.length === 0 ? null : Math.max(...earlier);
}

/** Whether what is wanted is not what runs. */
export function hasPending({
  desired_version: desired,
  applied_version: applied,
}: Versioned): boolean {
  return applied !== null && desired !== applied;
}
