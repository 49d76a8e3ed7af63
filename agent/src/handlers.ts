import { CAPABILITIES, PROTOCOL_VERSION } from '@myx/protocol';
import type { AgentConfig, Handlers, HeartbeatResult } from '@myx/protocol';
import type { PlaybookRunner } from './ansible/playbook-runner.ts';
import type { CommandService } from './commands/command-service.ts';
import type { EventLog } from './events/event-log.ts';
import { readServerFacts } from './metrics/server-facts.ts';
import type { VitalsReader } from './metrics/vitals.ts';
import { AGENT_VERSION, RUNTIME } from './version.ts';

/** What the methods of the contract work on. */
export interface HandlerContext {
  readonly config: AgentConfig;
  readonly commands: CommandService;
  readonly playbooks: PlaybookRunner;
  readonly events: EventLog;
  readonly vitals: VitalsReader;
  readonly stateEpoch: string;
  readonly startedAt: Date;
}

/** One handler for each method of the contract. */
export function createHandlers(context: HandlerContext): Handlers {
  const { config, commands, playbooks, events, vitals } = context;
  return {
    health_check: () => Promise.resolve({ status: 'ok', version: AGENT_VERSION }),
    heartbeat: async () => ({
      received_at: new Date().toISOString(),
      agent: describeProcess(context),
      vitals: await vitals.read(),
      commands: { running: commands.running.length, spooled: commands.commands.size },
      last_event_seq: events.lastSeq,
    }),
    get_status: async () => ({
      agent: describeProcess(context),
      capabilities: [...CAPABILITIES],
      runtime: RUNTIME,
      server: await readServerFacts(),
      vitals: await vitals.read(),
      running_commands: commands.running.map(({ state }) => state),
      last_event_seq: events.lastSeq,
    }),
    get_port: () => Promise.resolve({ rpc_port: config.rpc_port }),
    execute_command: (params) => commands.execute(params),
    execute_ansible: (params) => playbooks.execute(params),
    get_command_log: (params) => commands.readLog(params),
    cancel_command: (params) => commands.cancel(params),
    list_commands: () => commands.list(),
    forget_command: (params) => commands.forget(params),
  };
}

function describeProcess({ stateEpoch, startedAt }: HandlerContext): HeartbeatResult['agent'] {
  return {
    version: AGENT_VERSION,
    protocol_version: PROTOCOL_VERSION,
    pid: process.pid,
    started_at: startedAt.toISOString(),
    rss_bytes: process.memoryUsage.rss(),
    state_epoch: stateEpoch,
  };
}
