import { describe, expect, it } from '@jest/globals';
import { heartbeat } from '@myx/protocol';
import { AgentCallError } from '../platform/agent-client/index.js';
import type { AgentCallLayer } from '../platform/agent-client/index.js';
import { judgeAnswer, judgeFailure, mayBeOwnNetwork } from './judgement.js';
import type { Observation } from './judgement.js';

const AT = '2026-11-20T12:00:00.000Z';

function observation(changes: Partial<Observation> = {}, freeBytes = 50): Observation {
  const result = heartbeat.result.parse({
    received_at: AT,
    agent: {
      version: '1.0.0',
      protocol_version: 1,
      pid: 1,
      started_at: AT,
      rss_bytes: 1,
      state_epoch: 'e',
    },
    vitals: {
      uptime_seconds: 1,
      boot_id: 'b',
      load: [0, 0, 0],
      cpu_percent: null,
      memory: { total_bytes: 1, available_bytes: 1 },
      swap: { total_bytes: 0, free_bytes: 0 },
      disks: [{ path: '/', total_bytes: 100, available_bytes: freeBytes }],
      network: { received_bytes: 0, sent_bytes: 0 },
    },
    commands: { running: 0, spooled: 0 },
    last_event_seq: 0,
  });
  return { result, latencyMs: 5, clockSkewMs: 0, recentRestarts: 0, ...changes };
}

function failure(layer: AgentCallLayer, code: string): AgentCallError {
  return new AgentCallError('why', { layer, code, retryable: true, notDelivered: true });
}

describe('judgeAnswer', () => {
  it('is online when nothing is unusual', () => {
    expect(judgeAnswer(observation())).toEqual({ status: 'online', cause: null });
  });

  it.each([
    ['clock_skew', observation({ clockSkewMs: 60_001 })],
    ['clock_skew', observation({ clockSkewMs: -60_001 })],
    ['slow_answers', observation({ latencyMs: 5_001 })],
    ['agent_restarts', observation({ recentRestarts: 3 })],
    ['disk_nearly_full', observation({}, 4)],
  ])('is degraded: %s', (code, seen) => {
    expect(judgeAnswer(seen)).toMatchObject({
      status: 'degraded',
      cause: { layer: 'agent', code },
    });
  });

  it('is degraded when the agent speaks another protocol', () => {
    const seen = observation();
    const agent = { ...seen.result.agent, protocol_version: 2 };

    const judgement = judgeAnswer({ ...seen, result: { ...seen.result, agent } });

    expect(judgement.cause?.code).toBe('protocol_version');
  });

  it('is online just below the limits', () => {
    const seen = observation({ clockSkewMs: 60_000, latencyMs: 5_000, recentRestarts: 2 }, 5);

    expect(judgeAnswer(seen).status).toBe('online');
  });
});

describe('judgeFailure', () => {
  it.each<[AgentCallLayer, string]>([
    ['dns', 'offline'],
    ['tcp', 'offline'],
    ['tls', 'offline'],
    ['token', 'offline'],
    ['rpc', 'offline'],
    ['certificate_pin', 'certificate_changed'],
  ])('names the layer %s', (layer, status) => {
    expect(judgeFailure(failure(layer, 'some_code'))).toEqual({
      status,
      cause: { layer, code: 'some_code', message: 'why' },
    });
  });
});

describe('mayBeOwnNetwork', () => {
  it.each<[AgentCallLayer, string, boolean]>([
    ['dns', 'resolver_unavailable', true],
    ['tcp', 'connect_timeout', true],
    ['tcp', 'network_unreachable', true],
    ['tcp', 'connection_refused', false],
    ['tls', 'handshake_failed', false],
    ['token', 'gate_refused', false],
  ])('%s %s: %s', (layer, code, expected) => {
    expect(mayBeOwnNetwork(failure(layer, code))).toBe(expected);
  });
});
