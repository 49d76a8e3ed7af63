import { PROTOCOL_VERSION } from '@myx/protocol';
import type { HeartbeatResult } from '@myx/protocol';
import type { AgentCallError } from '../platform/agent-client/index.js';
import type { ServerStatus, StatusCause } from '../servers/index.js';

/**
 * When a server that answers is `degraded` instead of `online`. The first reason that holds is shown.
 */
export const DEGRADED_WHEN = {
  /** Clock difference in milliseconds, either way. */
  clockSkewMs: 60_000,
  /** Time to answer a heartbeat, milliseconds. */
  latencyMs: 5_000,
  /** Free part of a watched file system. */
  diskFreeRatio: 0.05,
  /** Restarts of the agent within {@link RESTART_WINDOW_MS}. */
  agentRestarts: 3,
} as const;

/** How long a restart of the agent is counted, milliseconds. */
export const RESTART_WINDOW_MS = 10 * 60_000;

/** What a heartbeat showed, ready to be judged. */
export interface Observation {
  readonly result: HeartbeatResult;
  readonly latencyMs: number;
  readonly clockSkewMs: number;
  /** Restarts of the agent noticed within {@link RESTART_WINDOW_MS}. */
  readonly recentRestarts: number;
}

/** A status with its reason. */
export interface Judgement {
  readonly status: ServerStatus;
  readonly cause: StatusCause | null;
}

/** Judges a server that answered. */
export function judgeAnswer(observation: Observation): Judgement {
  const cause = degradedCause(observation);
  return cause ? { status: 'degraded', cause } : { status: 'online', cause: null };
}

/** Judges a server that did not answer, by the layer that failed. */
export function judgeFailure(error: AgentCallError): Judgement {
  const { layer, code, message } = error;
  const cause: StatusCause = { layer, code, message };
  return layer === 'certificate_pin'
    ? { status: 'certificate_changed', cause }
    : { status: 'offline', cause };
}

/**
 * True when a failure may be the manager's own network: names do not resolve, or nothing comes back at
 * all. A refused connection is an answer, so the network is there.
 */
export function mayBeOwnNetwork(error: AgentCallError): boolean {
  return (error.layer === 'dns' || error.layer === 'tcp') && error.code !== 'connection_refused';
}

function degradedCause(observation: Observation): StatusCause | null {
  const { result, latencyMs, clockSkewMs, recentRestarts } = observation;
  const protocol = result.agent.protocol_version;
  if (protocol !== PROTOCOL_VERSION) {
    return agentCause(
      'protocol_version',
      `The agent speaks protocol ${protocol}, the manager ${PROTOCOL_VERSION}: repair the agent or update the manager.`,
    );
  }
  if (recentRestarts >= DEGRADED_WHEN.agentRestarts) {
    return agentCause(
      'agent_restarts',
      `The agent restarted ${recentRestarts} times in ${RESTART_WINDOW_MS / 60_000} minutes: look at the journal of myx-agent.service.`,
    );
  }
  if (Math.abs(clockSkewMs) > DEGRADED_WHEN.clockSkewMs) {
    return agentCause(
      'clock_skew',
      'The clocks of server and manager differ by more than a minute: check time synchronisation.',
    );
  }
  const full = result.vitals.disks.find(
    ({ available_bytes: free, total_bytes: total }) => free < total * DEGRADED_WHEN.diskFreeRatio,
  );
  if (full) {
    return agentCause('disk_nearly_full', `The file system of ${full.path} is almost full.`);
  }
  if (latencyMs > DEGRADED_WHEN.latencyMs) {
    return agentCause('slow_answers', 'The agent takes more than five seconds to answer.');
  }
  return null;
}

function agentCause(code: string, message: string): StatusCause {
  return { layer: 'agent', code, message };
}
