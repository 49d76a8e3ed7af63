import { expect } from '@jest/globals';
import type { CommandDescription } from '../../backend/src/commands/commands.schema.ts';
import type { ApiClient } from './api-client.ts';
import { freePort } from './free-ports.ts';
import { ManagerApp } from './manager-app.ts';
import type { ManagerAppOptions } from './manager-app.ts';
import { ScriptedAgent } from './scripted-agent.ts';
import { TlsAgents } from './tls-agents.ts';
import type { TlsAgent } from './tls-agents.ts';

/** A whole manager with one server, whose agent does what a test tells it. */
export class CommandRig {
  readonly manager: ManagerApp;
  readonly api: ApiClient;
  readonly agents = new TlsAgents();
  script = new ScriptedAgent();
  agent!: TlsAgent;
  serverId = '';
  #servers = 0;

  private constructor(manager: ManagerApp, api: ApiClient) {
    this.manager = manager;
    this.api = api;
  }

  static async open(options: ManagerAppOptions = {}): Promise<CommandRig> {
    const manager = await ManagerApp.start({
      ...options,
      config: { commands: { max_concurrent: 8, max_concurrent_per_server: 2 }, ...options.config },
    });
    return new CommandRig(manager, await manager.api());
  }

  /** A fresh agent on a server of its own. Call it before each test. */
  async freshServer(): Promise<void> {
    this.script = new ScriptedAgent();
    // A port of its own: nobody else gets it once the agent is stopped.
    const port = await freePort();
    const { clientCa } = this.manager;
    this.agent = await this.agents.start(this.script.answer, { clientCa, port });
    this.#servers += 1;
    const name = `server-${this.#servers}`;
    this.serverId = await this.manager.addServer(name, this.agent.port, this.agents.agent);
  }

  /** Lets every command end at once with the output. */
  endAtOnce(stdout: Buffer | string = '', stderr: Buffer | string = ''): void {
    this.script.onStart = ({ params }, script) => {
      script.write(params.command_id, 'stdout', stdout);
      script.write(params.command_id, 'stderr', stderr);
      script.end(params.command_id);
    };
  }

  /** The raw answer to a request for a command. */
  start(body: object = {}, query = '', headers: object = {}): Promise<Response> {
    return this.api.raw(`/api/v1/servers/${this.serverId}/commands${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ command: 'true', ...body }),
    });
  }

  /** Runs a command and waits for its end, unless the query says otherwise. */
  async run(body: object = {}, query = '?wait=30'): Promise<CommandDescription> {
    const response = await this.start(body, query);
    expect(response.status).toBe(202);
    return (await response.json()) as CommandDescription;
  }

  get(id: string, query = ''): Promise<CommandDescription> {
    return this.api.get<CommandDescription>(`/api/v1/commands/${id}${query}`);
  }

  cancel(id: string): Promise<{ command: CommandDescription; processes_left: number }> {
    return this.api.post(`/api/v1/commands/${id}/cancel`, { grace_seconds: 0 });
  }
}
