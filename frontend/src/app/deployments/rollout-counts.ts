import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';

type Worked = Pick<DeploymentSummary, 'state' | 'busy'>;

/** How far the work on several servers is. */
export interface RolloutCounts {
  readonly all: number;
  readonly open: number;
  readonly healthy: number;
  readonly failed: number;
}

/** True while something is still done. */
export function stillOpen({ busy, state }: Worked): boolean {
  return busy || state === 'applying' || state === 'uninstalling';
}

/** Counts deployments by how far they are. */
export function rolloutCounts(deployments: readonly Worked[]): RolloutCounts {
  const open = deployments.filter(stillOpen).length;
  const healthy = deployments.filter(
    (deployment) => !stillOpen(deployment) && deployment.state === 'healthy',
  ).length;
  const all = deployments.length;
  return { all, open, healthy, failed: all - open - healthy };
}
