import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { AgentConfig } from '@myx/protocol';
import { runtimeExecutable } from '../../agent/build/fetch-runtime.ts';
import { AgentCaller } from './agent-caller.ts';
import type { AgentIdentity } from './agent-caller.ts';
import { freePort } from './free-ports.ts';
import { TestAuthority } from './test-authority.ts';
import type { Credentials } from './test-authority.ts';

/** The runtimes that the agent is promised to work on. */
export const AGENT_RUNTIMES = ['bun', 'node'] as const;

/** One of {@link AGENT_RUNTIMES}. */
export type AgentRuntimeName = (typeof AGENT_RUNTIMES)[number];

/** The bundle under test; `npm run build:agent` makes it. */
export const AGENT_BUNDLE = fileURLToPath(new URL('../../agent/dist/agent.cjs', import.meta.url));

/** How to start an agent. */
export interface AgentProcessOptions {
  readonly runtime?: AgentRuntimeName;
  /** Fields of the configuration to set otherwise. */
  readonly config?: Partial<AgentConfig>;
  /** Further command line arguments. */
  readonly args?: readonly string[];
  /** Files to put into the working directory, by name. */
  readonly workingFiles?: Readonly<Record<string, string>>;
}

/**
 * The real agent bundle as a process of this machine, with directories of its own and a certificate
 * authority of its own. It serves everything; commands it can start only where systemd is the init
 * system.
 */
export class AgentProcess {
  readonly directory: string;
  readonly identity: AgentIdentity;
  readonly authority: TestAuthority;
  /** What a manager of this agent's installation presents. */
  readonly credentials: Credentials;
  readonly caller: AgentCaller;
  readonly #argv: readonly [string, ...string[]];
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(
    parts: Pick<AgentProcess, 'directory' | 'identity' | 'authority' | 'credentials'>,
    argv: readonly [string, ...string[]],
  ) {
    this.directory = parts.directory;
    this.identity = parts.identity;
    this.authority = parts.authority;
    this.credentials = parts.credentials;
    this.caller = new AgentCaller(parts.identity, parts.credentials);
    this.#argv = argv;
  }

  /** Configures an agent, starts it, and waits until it listens. */
  static async start(options: AgentProcessOptions = {}): Promise<AgentProcess> {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'myx-agent-'));
    const authority = await TestAuthority.create();
    const credentials = await authority.issue();
    const token = randomBytes(32).toString('base64url');
    const config: AgentConfig = {
      agent_token_sha256: createHash('sha256').update(token).digest('hex'),
      secret_key: randomBytes(32).toString('base64url'),
      rpc_port: await freePort(),
      rpc_path: randomBytes(12).toString('hex'),
      ca: authority.certificate,
      ...options.config,
    };
    await writeFile(path.join(directory, 'config.json'), JSON.stringify(config), { mode: 0o600 });
    for (const [name, content] of Object.entries(options.workingFiles ?? {})) {
      await writeFile(path.join(directory, name), content);
    }
    const argv = agentCommand(options.runtime ?? 'bun', directory);
    await execute([...argv, '--make-certificate'], directory);
    const certificate = await readFile(path.join(directory, 'ssl/agent.crt'), 'utf8');
    const agent = new AgentProcess(
      {
        directory,
        authority,
        credentials,
        identity: {
          host: '127.0.0.1',
          rpcPort: config.rpc_port,
          rpcPath: config.rpc_path,
          token,
          secretKey: config.secret_key,
          certificate,
        },
      },
      [...argv, ...(options.args ?? [])],
    );
    await agent.restart();
    return agent;
  }

  /** Process id while it runs. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('The agent does not run');
    return pid;
  }

  /** Everything it has written to standard output and standard error. */
  get output(): string {
    return this.#output;
  }

  /** Starts it anew with the same state, and waits until it listens. */
  async restart(): Promise<void> {
    await this.kill('SIGTERM');
    // A busy machine may not have noticed yet that connections to the old process are closed.
    this.caller.close();
    const [program, ...args] = this.#argv;
    const child = spawn(program, args, { cwd: this.directory, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const before = this.#output.length;
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        this.#output += chunk.toString('utf8');
        if (this.#output.slice(before).includes('"msg":"listening"')) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        reject(
          new Error(`The agent ended (${String(code ?? signal)}): ${this.#output.slice(before)}`),
        );
      });
    });
  }

  /** Ends the process and waits for it; the state stays. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Ends the process and removes everything that was made. */
  async stop(): Promise<void> {
    this.caller.close();
    await this.kill('SIGTERM');
    await this.authority.remove();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Program and arguments that run the bundle on a runtime with all its places in `directory`. */
export function agentCommand(runtime: AgentRuntimeName, directory: string): [string, ...string[]] {
  return [
    ...runtimeCommand(runtime),
    AGENT_BUNDLE,
    ...['--config-file', path.join(directory, 'config.json')],
    ...['--tls-dir', path.join(directory, 'ssl')],
    ...['--state-dir', path.join(directory, 'state')],
    ...['--tool-dir', path.join(directory, 'tool')],
  ];
}

function runtimeCommand(runtime: AgentRuntimeName): [string, ...string[]] {
  if (!existsSync(AGENT_BUNDLE)) throw new Error('There is no agent bundle: npm run build:agent');
  if (runtime === 'node') return [process.execPath, '--jitless'];
  const executable = runtimeExecutable(process.arch === 'arm64' ? 'arm64' : 'x64');
  return [executable, '--smol', '--config=/dev/null', '--no-env-file'];
}

/** Runs a program to its end; rejects when it ends with another status than 0. */
export function execute(
  argv: readonly string[],
  cwd: string,
): Promise<{ stdout: string; stderr: string }> {
  const [program = '', ...args] = argv;
  return promisify(execFile)(program, args, { cwd });
}
