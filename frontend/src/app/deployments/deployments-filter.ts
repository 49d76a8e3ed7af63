import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { DEPLOYMENT_STATUS } from '../ui/status';
import type { DeploymentsQuery } from './deployment-list';

/** States, worst first: what needs somebody stands on top of the choice. */
export const STATES: readonly DeploymentSummary['state'][] = [
  'degraded',
  'failed',
  'drifted',
  'rolled_back',
  'applying',
  'uninstalling',
  'planned',
  'healthy',
];

/** What of the deployments is shown. All of it stands in the address. */
export interface DeploymentsFilter {
  readonly search: string;
  readonly kind: string | null;
  readonly state: DeploymentSummary['state'] | null;
}

/** Reads a filter from the address. What makes no sense is left out. */
export function deploymentsFilterFrom(params: {
  readonly q?: string | undefined;
  readonly kind?: string | undefined;
  readonly state?: string | undefined;
}): DeploymentsFilter {
  const { q = '', kind = '', state = '' } = params;
  return {
    search: q.trim(),
    kind: kind === '' ? null : kind,
    state: Object.hasOwn(DEPLOYMENT_STATUS, state) ? (state as DeploymentSummary['state']) : null,
  };
}

/** A filter as the manager takes it. */
export function deploymentsQuery(
  { search, kind, state }: DeploymentsFilter,
  limit: number,
): DeploymentsQuery {
  return {
    limit,
    ...(search === '' ? {} : { search }),
    ...(kind === null ? {} : { kind }),
    ...(state === null ? {} : { state }),
  };
}

/** True when the filter hides something. */
export function isNarrow({ search, kind, state }: DeploymentsFilter): boolean {
  return search !== '' || kind !== null || state !== null;
}
