import { StepFailure } from '../operations/index.js';
import type { AgentCallError } from '../platform/agent-client/index.js';
import { hostAndPort } from '../platform/agent-client/index.js';

/** What the server says of the agent's service, asked over SSH. */
export interface ServiceReport {
  /** `ActiveState` of the unit (systemctl(1)). */
  readonly activeState: string;
  readonly restarts: number;
  readonly listeningPorts: ReadonlySet<number>;
  /** Last lines of its journal. */
  readonly journal: readonly string[];
}

/** The address at which the agent should answer. */
export interface AgentAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads what DESCRIBE_SERVICE printed. */
export function parseServiceReport(output: string): ServiceReport {
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of output.split('\n')) {
    const name = /^@@ (\w+)$/.exec(line)?.[1];
    if (name !== undefined) {
      current = [];
      sections.set(name, current);
    } else if (line.trim() !== '') current.push(line.trim());
  }
  const state = new Map(
    (sections.get('state') ?? []).map((line) => line.split('=', 2) as [string, string]),
  );
  const ports = (sections.get('listening') ?? []).flatMap((line) => {
    const port = /^\d+: [0-9A-F]+:([0-9A-F]{4}) /.exec(line)?.[1];
    return port === undefined ? [] : [Number.parseInt(port, 16)];
  });
  return {
    activeState: state.get('ActiveState') ?? 'unknown',
    restarts: Number(state.get('NRestarts') ?? 0) || 0,
    listeningPorts: new Set(ports),
    journal: sections.get('journal') ?? [],
  };
}

/** Whether the service does not stay up, so that waiting longer is pointless. */
export function isCrashing(report: ServiceReport): boolean {
  return report.activeState === 'failed' || report.restarts >= 5;
}

/**
 * Says at which layer an agent that does not answer fails, from what the manager met and what the server
 * says of its service; `report` is null when the server could not be asked either.
 */
export function diagnose(
  error: AgentCallError,
  report: ServiceReport | null,
  { host, port }: AgentAddress,
): StepFailure {
  const fail = (code: string, message: string): StepFailure =>
    new StepFailure(error.layer, code, message, { cause: error });
  if (error.layer !== 'tcp' || report === null) return fail(error.code, error.message);
  const target = hostAndPort(host, port);
  if (report.activeState !== 'active' || isCrashing(report)) {
    const last = report.journal.at(-1) ?? 'its journal is empty';
    return fail('agent_not_running', `The agent’s service is ${report.activeState}: ${last}`);
  }
  if (!report.listeningPorts.has(port)) {
    return fail(
      'agent_not_listening',
      `The agent’s service runs but does not listen on port ${String(port)}. See its journal on the server.`,
    );
  }
  if (error.code === 'connection_refused') {
    return fail(
      'port_refused',
      `The agent listens on the server, but ${target} refuses the connection: a firewall rejects it, or the name leads to another machine. Open TCP port ${String(port)} for the manager.`,
    );
  }
  return fail(
    'port_filtered',
    `The agent listens on the server, but ${target} does not answer: a firewall drops the connection. Open TCP port ${String(port)} for the manager.`,
  );
}
