import { inject } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { listDeployments } from '../platform/api/generated/fn/deployments/list-deployments';
import type { ListDeployments$Params } from '../platform/api/generated/fn/deployments/list-deployments';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { liveList } from '../platform/live/live-list';
import type { LiveList } from '../platform/live/live-list';
import type { LiveMessage } from '../platform/live/live-message';

/** What of the deployments is asked for. */
export type DeploymentsQuery = Omit<ListDeployments$Params, 'cursor'>;

/** What the manager tells of a deployment that changed. */
type DeploymentChange = Pick<
  DeploymentSummary,
  | 'state'
  | 'state_since'
  | 'desired_version'
  | 'applied_version'
  | 'operation_id'
  | 'error'
  | 'differences'
>;

/** Follows a list of deployments. In an injection context. */
export function followDeployments(query: () => DeploymentsQuery): LiveList<DeploymentSummary> {
  const api = inject(Api);
  return liveList<DeploymentSummary, DeploymentsQuery>({
    query,
    page: (asked, cursor) =>
      api.invoke(listDeployments, { ...asked, ...(cursor === undefined ? {} : { cursor }) }),
    idOf: ({ id }) => id,
    topic: 'deployments',
    change: changedDeployment,
    accepts: (deployment, asked) =>
      !isRemoved(deployment) && (asked.state === undefined || deployment.state === asked.state),
  });
}

const REMOVED = Symbol('removed');

/** True for a deployment that the manager has said is gone. */
export function isRemoved(deployment: DeploymentSummary): boolean {
  return REMOVED in deployment;
}

/** A deployment after one message about it. Messages name the operation only while it works. */
export function changedDeployment(
  deployment: DeploymentSummary,
  { type, data }: LiveMessage,
): DeploymentSummary {
  if (type === 'deployment_removed') return { ...deployment, [REMOVED]: true } as DeploymentSummary;
  if (type !== 'deployment_changed') return deployment;
  const change = data as unknown as DeploymentChange;
  return {
    ...deployment,
    state: change.state,
    state_since: change.state_since,
    desired_version: change.desired_version,
    applied_version: change.applied_version,
    error: change.error,
    differences: change.differences,
    operation_id: change.operation_id ?? deployment.operation_id,
    busy: change.operation_id !== null,
    updated_at: new Date().toISOString(),
  };
}
