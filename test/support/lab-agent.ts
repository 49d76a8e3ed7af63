import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AGENT_PATHS, AGENT_UNIT } from '@myx/protocol';
import type { AgentConfig, CommandLog, CommandResult, ExecuteCommandParams } from '@myx/protocol';
import { runtimeExecutable } from '../../agent/build/fetch-runtime.ts';
import type { LabHost } from '../lab/index.ts';
import { AgentCaller } from './agent-caller.ts';
import { AGENT_BUNDLE } from './agent-process.ts';
import type { AgentRuntimeName } from './agent-process.ts';
import { eventually } from './eventually.ts';
import { TestAuthority } from './test-authority.ts';
import type { Credentials } from './test-authority.ts';

const UNIT_FILE = fileURLToPath(new URL('../../systemd/myx-agent.service', import.meta.url));

/** A command as tests write it; what is left out has a default. */
export type TestCommand = Partial<ExecuteCommandParams> & Pick<ExecuteCommandParams, 'command'>;

/** A command that ended, with everything it wrote. */
export interface EndedCommand {
  readonly id: string;
  readonly result: CommandResult;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly gaps: CommandLog['gaps'];
}

/** The real agent under its real unit on a lab host, installed without a manager. */
export class LabAgent {
  readonly host: LabHost;
  readonly caller: AgentCaller;
  readonly #authority: TestAuthority;

  private constructor(host: LabHost, caller: AgentCaller, authority: TestAuthority) {
    this.host = host;
    this.caller = caller;
    this.#authority = authority;
  }

  /** Installs and starts an agent, and waits until it answers. */
  static async install(host: LabHost, runtime: AgentRuntimeName): Promise<LabAgent> {
    const authority = await TestAuthority.create();
    try {
      return await LabAgent.#install(host, runtime, authority);
    } catch (error) {
      await authority.remove();
      throw error;
    }
  }

  static async #install(
    host: LabHost,
    runtime: AgentRuntimeName,
    authority: TestAuthority,
  ): Promise<LabAgent> {
    const token = randomBytes(32).toString('base64url');
    const config: AgentConfig = {
      agent_token_sha256: createHash('sha256').update(token).digest('hex'),
      secret_key: randomBytes(32).toString('base64url'),
      rpc_port: 9443,
      rpc_path: randomBytes(12).toString('hex'),
      ca: authority.certificate,
    };
    await installProgram(host, runtime, 'first');
    await host.mustExec(['mkdir', '-p', '-m', '0700', AGENT_PATHS.configDirectory]);
    await host.writeFile(AGENT_PATHS.config, JSON.stringify(config), { mode: '0600' });
    const program = `${AGENT_PATHS.program}/current`;
    await host.mustExec([`${program}/runtime`, `${program}/agent.cjs`, '--make-certificate']);
    await host.writeFile(AGENT_PATHS.unit, await unitFile(runtime), { mode: '0644' });
    await host.mustExec(['systemctl', 'daemon-reload']);
    await host.mustExec(['systemctl', 'enable', '--now', AGENT_UNIT]);
    const identity = {
      host: host.address,
      rpcPort: config.rpc_port,
      rpcPath: config.rpc_path,
      token,
      secretKey: config.secret_key,
      certificate: (await host.readFile(AGENT_PATHS.certificate)).toString('utf8'),
    };
    const caller = new AgentCaller(identity, await authority.issue());
    const agent = new LabAgent(host, caller, authority);
    await agent.answers();
    return agent;
  }

  /** Key and certificate of one more manager of this agent's installation. */
  credentials(): Promise<Credentials> {
    return this.#authority.issue();
  }

  /** Waits until the agent answers. */
  async answers(): Promise<void> {
    await eventually('the agent answers', () => this.caller.call('health_check', {}));
  }

  /** Installs the same program as another release, and restarts the agent into it. */
  async upgrade(runtime: AgentRuntimeName): Promise<void> {
    await installProgram(this.host, runtime, 'second');
    await this.restart();
  }

  /** Restarts the agent's unit and waits until it answers. */
  async restart(): Promise<void> {
    await this.host.mustExec(['systemctl', 'restart', AGENT_UNIT]);
    await this.answers();
  }

  /** Process id of the agent. */
  async pid(): Promise<number> {
    const show = ['systemctl', 'show', '--property=MainPID', '--value', AGENT_UNIT];
    return Number(await this.host.mustExec(show));
  }

  /** Starts a command and answers its id. */
  async start(command: TestCommand): Promise<string> {
    const id = command.command_id ?? randomBytes(8).toString('hex');
    await this.caller.call('execute_command', {
      args: [],
      timeout: 120,
      ...command,
      command_id: id,
    });
    return id;
  }

  /** Waits until a command has written something: until then it may not even have begun. */
  async wrote(id: string): Promise<void> {
    await eventually(`command ${id} writes`, async () => {
      const { new_offsets: written } = await this.caller.call('get_command_log', {
        command_id: id,
        offsets: { stdout: 0, stderr: 0 },
        max_bytes: 1000,
        wait_ms: 1000,
      });
      return written.stdout + written.stderr > 0 || undefined;
    });
  }

  /** Reads a command's output to its end, following it while it runs. */
  async follow(id: string): Promise<EndedCommand> {
    const received: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    const gaps: CommandLog['gaps'] = [];
    let offsets = { stdout: 0, stderr: 0 };
    for (;;) {
      const log = await this.caller.call('get_command_log', {
        command_id: id,
        offsets,
        max_bytes: 4 * 1024 * 1024,
        wait_ms: 10_000,
      });
      for (const { log_type, log_data } of log.chunks) {
        received[log_type].push(Buffer.from(log_data, 'base64'));
      }
      gaps.push(...log.gaps);
      offsets = log.new_offsets;
      if (!log.is_final || log.result === null) continue;
      const stdout = Buffer.concat(received.stdout);
      return { id, result: log.result, stdout, stderr: Buffer.concat(received.stderr), gaps };
    }
  }

  /** Starts a command and reads it to its end. */
  async run(command: TestCommand): Promise<EndedCommand> {
    return this.follow(await this.start(command));
  }

  /** Closes connections. The host keeps the agent. */
  async close(): Promise<void> {
    this.caller.close();
    await this.#authority.remove();
  }
}

async function installProgram(
  host: LabHost,
  runtime: AgentRuntimeName,
  release: string,
): Promise<void> {
  const directory = `${AGENT_PATHS.program}/releases/${release}`;
  const executable = runtime === 'node' ? process.execPath : runtimeExecutable('x64');
  await host.mustExec(['mkdir', '-p', directory]);
  await host.writeFile(`${directory}/runtime`, await readFile(executable), { mode: '0755' });
  await host.writeFile(`${directory}/agent.cjs`, await readFile(AGENT_BUNDLE), { mode: '0644' });
  const link = `${AGENT_PATHS.program}/current`;
  await host.mustExec(['ln', '--symbolic', '--force', '--no-dereference', directory, link]);
}

/** The unit as it is shipped; on Node only the runtime's own options differ. */
async function unitFile(runtime: AgentRuntimeName): Promise<string> {
  const shipped = await readFile(UNIT_FILE, 'utf8');
  const options = '--smol --config=/dev/null --no-env-file';
  if (!shipped.includes(options)) throw new Error('The unit no longer has the options of Bun');
  return runtime === 'bun' ? shipped : shipped.replace(options, '--jitless');
}
