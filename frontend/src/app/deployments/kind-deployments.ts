import type { Api } from '../platform/api/generated/api';
import { listDeployments } from '../platform/api/generated/fn/deployments/list-deployments';
import type { DeploymentPage } from '../platform/api/generated/models/deployment-page';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';

/** Deployments the manager answers at once. */
const PAGE = 500;

/** Every deployment of a kind. */
export async function deploymentsOfKind(
  api: Api,
  kind: string,
): Promise<readonly DeploymentSummary[]> {
  const found: DeploymentSummary[] = [];
  let cursor: string | null = null;
  do {
    const page: DeploymentPage = await api.invoke(listDeployments, {
      kind,
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}
