import type { BoardServer } from '../platform/api/generated/models/board-server';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';

/** Why a server cannot take a service. */
export type LeftOutReason =
  | { readonly why: 'no_agent' | 'removing' }
  | { readonly why: 'has_one'; readonly deployment: DeploymentSummary };

/** A server that cannot take a service. */
export interface LeftOut {
  readonly server: BoardServer;
  readonly reason: LeftOutReason;
}

/** Servers by whether they can take a service of one kind. */
export interface Eligibility {
  readonly eligible: readonly BoardServer[];
  readonly leftOut: readonly LeftOut[];
}

/** Splits servers by whether they can take a service that some have already: one of a kind on each. */
export function eligibility(
  servers: readonly BoardServer[],
  existing: readonly DeploymentSummary[],
): Eligibility {
  const byServer = new Map(existing.map((deployment) => [deployment.server_id, deployment]));
  const eligible: BoardServer[] = [];
  const leftOut: LeftOut[] = [];
  for (const server of servers) {
    const reason = reasonOf(server, byServer.get(server.id));
    if (reason === null) eligible.push(server);
    else leftOut.push({ server, reason });
  }
  return { eligible, leftOut };
}

function reasonOf(
  { agent_version: agent, status }: BoardServer,
  deployment: DeploymentSummary | undefined,
): LeftOutReason | null {
  if (deployment) return { why: 'has_one', deployment };
  if (status === 'removing') return { why: 'removing' };
  return agent === null ? { why: 'no_agent' } : null;
}
