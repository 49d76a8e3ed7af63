import { describe, expect, it } from '@jest/globals';
import type { Command } from '../platform/api/generated/models/command';
import { commandStatus, withMessage } from './command-feed';

const command: Command = {
  id: 'c1',
  server_id: 's1',
  run_id: null,
  actor: { kind: 'user', id: 'u1', name: 'admin' },
  request: {
    command: 'uptime',
    args: [],
    timeout_seconds: 60,
    cwd: null,
    user: null,
    env_names: [],
    stdin_bytes: 0,
    script_bytes: null,
    limits: null,
  },
  script: 'echo hi',
  status: 'running',
  outcome: null,
  exit_code: null,
  signal: null,
  reason: null,
  output_incomplete: false,
  stdout_bytes: 10,
  stderr_bytes: 0,
  gaps: [],
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: null,
  finished_at: null,
  unreachable: null,
};

function message(type: string, data: object) {
  return { topic: 'commands:c1', type, data: data as Record<string, unknown> };
}

describe('withMessage', () => {
  it('grows a stream by what was stored', () => {
    const after = withMessage(
      command,
      message('command_output', { stream: 'stdout', offset: 10, size: 5 }),
    );

    expect(after).toMatchObject({ stdout_bytes: 15, stderr_bytes: 0 });
  });

  it('is not moved back by output that is known already', () => {
    const late = message('command_output', { stream: 'stdout', offset: 0, size: 4 });

    expect(withMessage(command, late)).toBe(command);
  });

  it('keeps the script and the larger sizes when the state changes', () => {
    const { script: _script, ...listed } = command;
    const changed = {
      ...listed,
      status: 'finished',
      outcome: 'failed',
      exit_code: 3,
      stdout_bytes: 4,
    };

    expect(withMessage(command, message('command_changed', changed))).toMatchObject({
      script: 'echo hi',
      stdout_bytes: 10,
      outcome: 'failed',
      exit_code: 3,
    });
  });
});

describe('commandStatus', () => {
  it.each([
    ['queued', null, 'queued'],
    ['starting', null, 'running'],
    ['cancelling', null, 'running'],
    ['finished', 'timed_out', 'timed_out'],
  ] as const)('%s, %s: %s', (status, outcome, expected) => {
    expect(commandStatus({ status, outcome })).toBe(expected);
  });
});
