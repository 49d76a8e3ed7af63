import { describe, expect, it } from '@jest/globals';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { changedDeployment, isRemoved } from './deployment-list';
import { deploymentsFilterFrom, deploymentsQuery, isNarrow } from './deployments-filter';
import { eligibility } from './eligible-servers';
import { rolloutCounts } from './rollout-counts';
import { deploymentIdsIn, parallelOf } from './wizard-steps';

const server = (name: string, changes: Partial<BoardServer> = {}): BoardServer =>
  ({ id: name, name, status: 'online', agent_version: '1.0.0', ...changes }) as BoardServer;

const deployment: DeploymentSummary = {
  id: 'd',
  kind: 'sample',
  server_id: 'taken',
  server_name: 'taken',
  state: 'planned',
  state_since: '2026-11-21T12:00:00.000Z',
  desired_version: 1,
  applied_version: null,
  error: null,
  differences: [],
  operation_id: null,
  busy: false,
  last_check_at: null,
  created_at: '2026-11-21T12:00:00.000Z',
  updated_at: '2026-11-21T12:00:00.000Z',
};

describe('eligibility', () => {
  it('leaves out servers that cannot take the service, each with its reason', () => {
    const servers = [
      server('free'),
      server('taken'),
      server('new', { agent_version: null }),
      server('going', { status: 'removing' }),
    ];

    const { eligible, leftOut } = eligibility(servers, [deployment]);

    expect(eligible.map(({ name }) => name)).toEqual(['free']);
    expect(leftOut.map(({ server: { name }, reason }) => [name, reason.why])).toEqual([
      ['taken', 'has_one'],
      ['new', 'no_agent'],
      ['going', 'removing'],
    ]);
  });
});

describe('changedDeployment', () => {
  const change = {
    id: 'd',
    state: 'applying',
    state_since: '2026-11-21T12:01:00.000Z',
    desired_version: 2,
    applied_version: 1,
    operation_id: 'o',
    error: null,
    differences: [],
  };
  const message = (type: string, data: Record<string, unknown>) =>
    ({ type, data }) as unknown as Parameters<typeof changedDeployment>[1];

  it('takes over what is told, and remembers the operation when it has ended', () => {
    const begun = changedDeployment(deployment, message('deployment_changed', change));
    expect(begun).toMatchObject({ state: 'applying', busy: true, operation_id: 'o' });

    const over = { ...change, state: 'healthy', operation_id: null };
    expect(changedDeployment(begun, message('deployment_changed', over))).toMatchObject({
      state: 'healthy',
      busy: false,
      operation_id: 'o',
      server_name: 'taken',
    });
  });

  it('marks one that is gone', () => {
    expect(isRemoved(changedDeployment(deployment, message('deployment_removed', {})))).toBe(true);
    expect(isRemoved(deployment)).toBe(false);
  });
});

describe('deploymentsFilterFrom', () => {
  it('reads the address and leaves out what makes no sense', () => {
    const filter = deploymentsFilterFrom({ q: ' web ', kind: 'sample', state: 'odd' });

    expect(filter).toEqual({ search: 'web', kind: 'sample', state: null });
    expect(deploymentsQuery(filter, 5)).toEqual({ limit: 5, search: 'web', kind: 'sample' });
    expect(isNarrow(filter)).toBe(true);
    expect(isNarrow(deploymentsFilterFrom({}))).toBe(false);
  });
});

describe('rolloutCounts', () => {
  it('tells what goes on from what succeeded and what did not', () => {
    expect(
      rolloutCounts([
        { state: 'applying', busy: true },
        { state: 'healthy', busy: false },
        { state: 'planned', busy: false },
        { state: 'rolled_back', busy: false },
      ]),
    ).toEqual({ all: 4, open: 1, healthy: 1, failed: 2 });
  });
});

describe('addresses and numbers of the wizard', () => {
  it('finds deployments in the part of the address that is never sent', () => {
    const id = '0193a1b2-0000-7000-8000-000000000001';

    expect(deploymentIdsIn(`${id},x,`)).toEqual([id]);
    expect(deploymentIdsIn(null)).toEqual([]);
  });

  it('works on the usual number of servers when what was typed makes no sense', () => {
    expect(['3', '0', 'many', '1000', ''].map(parallelOf)).toEqual([3, 5, 5, 5, 5]);
  });
});
