import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { METHODS, RPC_ERRORS } from '@myx/protocol';
import type {
  AgentEvent,
  CommandResult,
  ExecuteAnsibleParams,
  ExecuteCommandParams,
  MethodName,
  ParamsOf,
  ResultOf,
  RpcErrorName,
} from '@myx/protocol';
import type { Received } from './tls-agents.ts';

const NOW = '2026-11-20T12:00:00.000Z';

/** A command as a {@link ScriptedAgent} holds it. */
export interface ScriptedCommand {
  readonly params: ExecuteCommandParams;
  /** What was asked for when it is a playbook. */
  readonly playbook: ExecuteAnsibleParams | null;
  readonly output: { stdout: Buffer; stderr: Buffer };
  gaps: { log_type: 'stdout' | 'stderr'; from: number; to: number }[];
  result: CommandResult | null;
}

/** What to do with a call instead of answering it. */
export type Fault =
  /** Cut the connection before anything was done. */
  | 'cut_before'
  /** Do it, then cut the connection instead of answering. */
  | 'cut_after'
  /** Refuse it at the gate, as with a wrong token. */
  | 'gate'
  /** Answer with this error. */
  | RpcErrorName;

/** A failure of a method, as an agent names it. */
class Refusal extends Error {
  readonly rpcError: RpcErrorName;

  constructor(rpcError: RpcErrorName) {
    super(rpcError);
    this.rpcError = rpcError;
  }
}

/**
 * The other end of the wire for faults that a healthy agent does not have on demand: lost answers, a
 * wiped state, output that does not fit. It keeps commands in memory, starts nothing, and counts.
 * Parameters and results pass the wire's schemas.
 */
export class ScriptedAgent {
  readonly commands = new Map<string, ScriptedCommand>();
  readonly forgotten = new Set<string>();
  readonly calls: MethodName[] = [];
  /** Open event streams. */
  readonly streams = new Set<ServerResponse>();
  /** How often each id was started. */
  readonly starts = new Map<string, number>();
  /** Most commands that ran at the same time. */
  mostRunning = 0;
  stateEpoch = 'epoch-1';
  machineId = randomUUID();
  /** Decides what happens to a call; called once per call. */
  fault: (method: MethodName) => Fault | undefined = () => undefined;
  /** Runs when a command starts, to let it write or end. */
  onStart: (command: ScriptedCommand, agent: ScriptedAgent) => void = () => undefined;
  /** Makes the answer to a heartbeat. */
  heartbeat: () => ResultOf<'heartbeat'> = () => heartbeatOf(this.stateEpoch);
  /** Changes the answers of `get_command_log`, to lie. */
  mangle: (log: ResultOf<'get_command_log'>) => ResultOf<'get_command_log'> = (log) => log;
  readonly #waiting = new Set<() => void>();

  /** The answer to one request, for {@link TlsAgents.start}. */
  readonly answer = ({ request, rpc }: Received, response: ServerResponse): void => {
    if (request.method === 'GET') {
      response.write(': idle\n\n');
      this.streams.add(response);
      response.on('close', () => this.streams.delete(response));
      return;
    }
    void this.#serve(rpc.method as MethodName, rpc.params ?? {}, rpc.id, response);
  };

  /** Tells an event to all open streams. */
  announce(event: AgentEvent): void {
    const text = `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    for (const stream of this.streams) stream.write(text);
  }

  /** Adds output to a command. */
  write(id: string, stream: 'stdout' | 'stderr', bytes: Buffer | string): void {
    const command = this.#find(id);
    command.output[stream] = Buffer.concat([command.output[stream], Buffer.from(bytes)]);
    this.#wake();
  }

  /** Ends a command. */
  end(id: string, result: Partial<CommandResult> = {}): void {
    const command = this.#find(id);
    command.result = {
      outcome: 'succeeded',
      exit_code: 0,
      signal: null,
      reason: null,
      started_at: NOW,
      finished_at: NOW,
      stdout_bytes: command.output.stdout.length,
      stderr_bytes: command.output.stderr.length,
      output_incomplete: false,
      ...result,
    };
    this.#wake();
  }

  /** Loses everything, as when the state directory is wiped. */
  wipe(): void {
    this.commands.clear();
    this.stateEpoch = 'epoch-2';
    this.#wake();
  }

  async #serve(
    method: MethodName,
    params: Record<string, unknown>,
    id: string | number,
    response: ServerResponse,
  ): Promise<void> {
    this.calls.push(method);
    const fault = this.fault(method);
    if (fault === 'cut_before') {
      response.socket?.destroy();
      return;
    }
    if (fault === 'gate') {
      response.writeHead(404).end();
      return;
    }
    try {
      if (fault !== undefined && fault !== 'cut_after') throw new Refusal(fault);
      const parsed = METHODS[method].params.parse(params);
      const result = METHODS[method].result.parse(await this.#perform(method, parsed));
      if (fault === 'cut_after') response.socket?.destroy();
      else response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    } catch (error) {
      const name = error instanceof Refusal ? error.rpcError : 'internal_error';
      const body = { code: RPC_ERRORS[name], message: String(error) };
      response.end(JSON.stringify({ jsonrpc: '2.0', id, error: body }));
    }
  }

  #perform(method: MethodName, params: unknown): unknown {
    switch (method) {
      case 'health_check':
        return { status: 'ok', version: '1.0.0' };
      case 'heartbeat':
        return this.heartbeat();
      case 'get_status':
        return statusOf(this.heartbeat(), this.machineId);
      case 'execute_command':
        return this.#execute(params as ExecuteCommandParams);
      case 'execute_ansible': {
        const playbook = params as ExecuteAnsibleParams;
        const { command_id, timeout } = playbook;
        const argv = { command: 'ansible-playbook', args: [] };
        return this.#execute({ command_id, timeout, ...argv }, playbook);
      }
      case 'get_command_log':
        return this.#log(params as ParamsOf<'get_command_log'>).then(this.mangle);
      case 'cancel_command': {
        const { command_id: id } = params as ParamsOf<'cancel_command'>;
        if (this.#find(id).result === null) {
          this.end(id, { outcome: 'cancelled', exit_code: null, signal: 'SIGTERM' });
        }
        return { state: this.#state(id), processes_left: 0 };
      }
      case 'forget_command': {
        const { command_id: id } = params as ParamsOf<'forget_command'>;
        this.commands.delete(id);
        this.forgotten.add(id);
        return { forgotten: true };
      }
      default:
        throw new Refusal('method_not_found');
    }
  }

  #execute(
    params: ExecuteCommandParams,
    playbook: ExecuteAnsibleParams | null = null,
  ): ResultOf<'execute_command'> {
    const { command_id: id } = params;
    if (this.forgotten.has(id)) throw new Refusal('command_forgotten');
    if (!this.commands.has(id)) {
      this.starts.set(id, (this.starts.get(id) ?? 0) + 1);
      const output = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
      const command: ScriptedCommand = { params, playbook, output, gaps: [], result: null };
      this.commands.set(id, command);
      const running = [...this.commands.values()].filter(({ result }) => result === null);
      this.mostRunning = Math.max(this.mostRunning, running.length);
      this.onStart(command, this);
    }
    return this.#state(id);
  }

  async #log(params: ParamsOf<'get_command_log'>): Promise<ResultOf<'get_command_log'>> {
    const { command_id: id, offsets, max_bytes: max, wait_ms: waitMs } = params;
    const isNew = (): boolean => {
      const { output, result } = this.#find(id);
      const grown = (['stdout', 'stderr'] as const).some((s) => output[s].length > offsets[s]);
      return grown || result !== null;
    };
    if (!isNew() && waitMs > 0) await this.#untilWoken(waitMs);
    const { output, gaps, result } = this.#find(id);
    const chunks = [];
    const newOffsets = { ...offsets };
    const told = [];
    for (const stream of ['stdout', 'stderr'] as const) {
      const gap = gaps.find((each) => each.log_type === stream && each.from === offsets[stream]);
      if (gap) told.push(gap);
      const from = gap?.to ?? offsets[stream];
      const nextGap = gaps.find((each) => each.log_type === stream && each.from > from);
      const data = output[stream].subarray(from, Math.min(from + max, nextGap?.from ?? Infinity));
      if (data.length > 0) {
        chunks.push({ log_type: stream, offset: from, log_data: data.toString('base64') });
      }
      newOffsets[stream] = from + data.length;
    }
    const isFinal =
      result !== null &&
      newOffsets.stdout === output.stdout.length &&
      newOffsets.stderr === output.stderr.length;
    return {
      command_id: id,
      chunks,
      new_offsets: newOffsets,
      gaps: told,
      is_final: isFinal,
      result,
    };
  }

  #find(id: string): ScriptedCommand {
    const command = this.commands.get(id);
    if (!command)
      throw new Refusal(this.forgotten.has(id) ? 'command_forgotten' : 'command_not_found');
    return command;
  }

  #state(id: string): ResultOf<'execute_command'> {
    const { output, result } = this.#find(id);
    return {
      command_id: id,
      status: result ? 'finished' : 'running',
      accepted_at: NOW,
      request_sha256: '0'.repeat(64),
      stdout_bytes: output.stdout.length,
      stderr_bytes: output.stderr.length,
      result,
    };
  }

  #untilWoken(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitMs).unref();
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** What an unremarkable agent answers to a heartbeat. */
export function heartbeatOf(stateEpoch: string): ResultOf<'heartbeat'> {
  return {
    received_at: new Date().toISOString(),
    agent: {
      version: '1.0.0',
      protocol_version: 1,
      pid: 1,
      started_at: NOW,
      rss_bytes: 1,
      state_epoch: stateEpoch,
    },
    vitals: {
      uptime_seconds: 1,
      boot_id: 'boot-1',
      load: [0.1, 0.2, 0.3],
      cpu_percent: 1,
      memory: { total_bytes: 100, available_bytes: 50 },
      swap: { total_bytes: 0, free_bytes: 0 },
      disks: [{ path: '/', total_bytes: 100, available_bytes: 50 }],
      network: { received_bytes: 1, sent_bytes: 2 },
    },
    commands: { running: 0, spooled: 0 },
    last_event_seq: 0,
  };
}

function statusOf(heartbeat: ResultOf<'heartbeat'>, machineId: string): ResultOf<'get_status'> {
  return {
    agent: heartbeat.agent,
    capabilities: ['commands', 'events'],
    runtime: { name: 'bun', version: '1.4.5' },
    server: {
      hostname: 'scripted',
      machine_id: machineId,
      os: { id: 'debian', version_id: '12', pretty_name: 'Debian GNU/Linux 12 (bookworm)' },
      kernel: '6.1.0',
      arch: 'x64',
      init_system: 'systemd',
      virtualization: null,
      cpu: { model: null, cores: 1 },
      timezone: null,
      disks: [],
      interfaces: [],
    },
    vitals: heartbeat.vitals,
    running_commands: [],
    last_event_seq: heartbeat.last_event_seq,
  };
}
