import type { AgentConfig } from '@myx/protocol';
import type { KeyPair } from './certificate/key-pair.ts';
import { PlaybookRunner } from './ansible/playbook-runner.ts';
import { CommandMonitor } from './commands/command-monitor.ts';
import { COMMAND_BOUNDS, CommandService } from './commands/command-service.ts';
import { recoverCommands } from './commands/recovery.ts';
import { Spool } from './commands/spool.ts';
import type { Places } from './config/places.ts';
import { EventLog } from './events/event-log.ts';
import { EventStream } from './events/event-stream.ts';
import { FileTransfer } from './files/file-transfer.ts';
import { createHandlers } from './handlers.ts';
import { log, messageOf } from './log.ts';
import { readBootId } from './metrics/server-facts.ts';
import { VitalsAnnouncer } from './metrics/vitals-announcer.ts';
import { VitalsReader } from './metrics/vitals.ts';
import { Dispatcher } from './rpc/dispatcher.ts';
import { Gate } from './rpc/gate.ts';
import { RpcServer } from './rpc/server.ts';
import { SystemdUnitManager } from './systemd/systemd-unit-manager.ts';
import { AGENT_VERSION, RUNTIME } from './version.ts';

/** What an agent runs with. */
export interface AgentOptions {
  readonly config: AgentConfig;
  readonly keyPair: KeyPair;
  readonly places: Places;
  /** Bound of all output kept on disk, bytes; undefined for the default. */
  readonly spoolBytes: number | undefined;
}

/**
 * Puts the parts together and serves. Commands of an earlier agent process are taken up before the
 * first request is answered.
 *
 * @returns stops serving; commands go on
 */
export async function runAgent(options: AgentOptions): Promise<() => void> {
  const { config, keyPair, places } = options;
  const startedAt = new Date();
  const spool = new Spool(places.stateDirectory);
  const bootId = readBootId();
  const events = new EventLog(places.stateDirectory);
  const { commands, monitor } = await openCommands(options, spool, events, bootId);
  const vitals = new VitalsReader(places.stateDirectory, bootId);
  const announcer = new VitalsAnnouncer(vitals, events);
  const playbooks = new PlaybookRunner(commands, places);
  const context = {
    ...{ config, commands, playbooks, events, vitals },
    ...{ stateEpoch: spool.epoch, startedAt },
  };
  const stream = new EventStream(events);
  const files = new FileTransfer(places.fileRoots);
  const server = new RpcServer({
    config,
    keyPair,
    gate: new Gate({
      rpcPath: config.rpc_path,
      tokenSha256: config.agent_token_sha256,
      secretKey: config.secret_key,
    }),
    dispatcher: new Dispatcher(createHandlers(context)),
    events: (request, response, admitted) => stream.serve(request, response, admitted),
    files: (request, response, admitted) => files.serve(request, response, admitted),
  });
  events.append({ type: 'agent_started', data: { version: AGENT_VERSION } });
  const { address, port } = await server.listen();
  announcer.open();
  log('info', 'listening', { address, port, version: AGENT_VERSION, runtime: RUNTIME.name });
  return () => {
    server.close();
    announcer.close();
    monitor.close();
    events.close();
  };
}

async function openCommands(
  { spoolBytes }: AgentOptions,
  spool: Spool,
  events: EventLog,
  bootId: string,
): Promise<{ readonly commands: CommandService; readonly monitor: CommandMonitor }> {
  const units = new SystemdUnitManager();
  const commands = new CommandService({
    spool,
    units,
    bootId,
    bounds: { ...COMMAND_BOUNDS, ...(spoolBytes === undefined ? {} : { spoolBytes }) },
    observer: {
      accepted: () => {
        monitor.wake();
      },
      started: (commandId) => {
        events.append({ type: 'command_started', data: { command_id: commandId } });
      },
      finished: (command, { outcome }) => {
        events.append({ type: 'command_finished', data: { command_id: command.id, outcome } });
        void monitor.ended(command);
      },
    },
  });
  const monitor = new CommandMonitor(commands, units, (commandId, idleSeconds) => {
    const data = { command_id: commandId, idle_seconds: idleSeconds };
    events.append({ type: 'stall_detected', data });
  });
  await commands.open();
  const { finisher } = commands;
  try {
    await recoverCommands({ spool, units, bootId, finisher, commands: commands.commands });
  } catch (error) {
    // Without its spool the agent must not take commands: it might start one twice.
    throw new Error(`the spool cannot be read: ${messageOf(error)}`, { cause: error });
  }
  monitor.open(spool);
  return { commands, monitor };
}
