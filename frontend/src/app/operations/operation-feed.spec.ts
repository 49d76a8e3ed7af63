import { describe, expect, it } from '@jest/globals';
import type { OperationDetails } from '../platform/api/generated/models/operation-details';
import type { OperationStep } from '../platform/api/generated/models/operation-step';
import type { LiveMessage } from '../platform/live/live-message';
import { stepViews, withMessage } from './operation-feed';
import type { FollowedOperation } from './operation-feed';

function step(position: number, name: string): OperationStep {
  const rest = { state: 'pending', progress: null, error: null } as const;
  return { position, name, title: name, started_at: null, finished_at: null, ...rest };
}

const operation: OperationDetails = {
  id: 'o1',
  type: 'install_agent',
  server_id: 's1',
  server_name: 'web-1',
  batch_id: null,
  state: 'pending',
  direction: 'forward',
  error: null,
  leftovers: [],
  cancel_requested: false,
  attempt: 1,
  actor: { kind: 'user', id: 'u1', name: 'admin' },
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: null,
  finished_at: null,
  cleanup_after: null,
  steps: [step(0, 'connect'), step(1, 'upload')],
};
const fresh: FollowedOperation = { operation, lines: [] };

function message(type: string, data: Record<string, unknown>): LiveMessage {
  return { topic: 'operations:o1', type, data };
}

function stepChanged(position: number, state: string): LiveMessage {
  return message('step_changed', {
    position,
    name: 'x',
    title: 'x',
    state,
    error: null,
    progress: null,
  });
}

function logged(seq: number, line: string): LiveMessage {
  return message('step_log', {
    seq,
    step: 'upload',
    at: '2026-01-01T00:00:01.000Z',
    level: 'info',
    line,
  });
}

describe('withMessage', () => {
  it('dates a step when it starts and when it ends', () => {
    const started = withMessage(fresh, stepChanged(1, 'running'));
    const ended = withMessage(started, stepChanged(1, 'succeeded'));

    expect(started.operation.steps[1]?.started_at).not.toBeNull();
    expect(started.operation.steps[1]?.finished_at).toBeNull();
    expect(ended.operation.steps[1]?.finished_at).not.toBeNull();
    expect(ended.operation.steps[0]).toEqual(operation.steps[0]);
  });

  it('forgets the end of a step that is tried again', () => {
    const failed = withMessage(
      withMessage(fresh, stepChanged(1, 'running')),
      stepChanged(1, 'failed'),
    );

    const again = withMessage(failed, stepChanged(1, 'running'));

    expect(again.operation.steps[1]?.finished_at).toBeNull();
  });

  it('takes the state, the error and what is left behind', () => {
    const error = { layer: 'tcp', code: 'refused', message: 'Refused.', step: 'upload' };
    const leftovers = [{ step: 'upload', what: '/opt/myx-agent' }];

    const { operation: after } = withMessage(
      fresh,
      message('operation_changed', {
        state: 'cleanup_pending',
        direction: 'backward',
        error,
        leftovers,
      }),
    );

    expect(after).toMatchObject({
      state: 'cleanup_pending',
      direction: 'backward',
      error,
      leftovers,
    });
    expect(after.finished_at).not.toBeNull();
  });

  it('adds a line once, also when it was fetched already', () => {
    const once = withMessage(fresh, logged(1, 'hello'));
    const twice = withMessage(once, logged(1, 'hello'));

    expect(twice.lines).toHaveLength(1);
    expect(stepViews(twice)[1]?.log.map(({ text }) => text)).toEqual(['hello']);
    expect(stepViews(twice)[0]?.log).toEqual([]);
  });

  it('leaves everything as it is on a message it does not know', () => {
    expect(withMessage(fresh, message('something_new', {}))).toBe(fresh);
  });
});
