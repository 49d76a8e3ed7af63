import type { TlsAgent } from './tls-agents.ts';
import { AGENT_ACCESS, stopServer, TlsAgents } from './tls-agents.ts';
import type { ManagerProcess } from './manager-process.ts';
import { heartbeatOf, ScriptedAgent } from './scripted-agent.ts';

const GIB = 1024 ** 3;
const REGISTERED_AT_ONCE = 8;

/** What a simulated server is called and labelled. */
export interface SimulatedServer {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Many servers for a real manager: agents behind real TLS whose figures go up and down, and which run
 * nothing. Each is registered as one that has its agent already.
 */
export class SimulatedServers {
  /** By name. */
  readonly ids = new Map<string, string>();
  readonly #tls = new TlsAgents();
  readonly #agents = new Map<string, TlsAgent>();

  /** Starts the agents and registers them; ends when the manager has them all. */
  static async open(
    manager: ManagerProcess,
    servers: readonly SimulatedServer[],
  ): Promise<SimulatedServers> {
    const simulated = new SimulatedServers();
    try {
      const { certificate } = await manager.api.get<{ certificate: string }>('/api/v1/ca');
      const waiting = [...servers.entries()];
      const work = async (): Promise<void> => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          await simulated.#add(manager, certificate, next);
        }
      };
      await Promise.all(Array.from({ length: REGISTERED_AT_ONCE }, work));
      return simulated;
    } catch (error) {
      await simulated.close();
      throw error;
    }
  }

  /** Nothing listens at this server's port from now on. */
  async stop(name: string): Promise<void> {
    const agent = this.#agents.get(name);
    if (agent) await stopServer(agent.server);
  }

  /** Ends the agents. The manager keeps their records. */
  async close(): Promise<void> {
    await this.#tls.close();
  }

  async #add(
    manager: ManagerProcess,
    clientCa: string,
    [index, { name, labels = {} }]: readonly [number, SimulatedServer],
  ): Promise<void> {
    const agent = new ScriptedAgent();
    agent.heartbeat = () => figuresOf(agent.stateEpoch, index);
    const served = await this.#tls.start(agent.answer, { clientCa: { certificate: clientCa } });
    this.#agents.set(name, served);
    const { server } = await manager.api.post<{ server: { id: string } }>(
      '/api/v1/servers/register',
      {
        ...{ name, labels, host: '127.0.0.1', rpc_port: served.port },
        rpc_path: AGENT_ACCESS.path,
        agent_token: AGENT_ACCESS.token,
        secret_key: AGENT_ACCESS.secretKey,
        certificate_fingerprint: this.#tls.agent.fingerprint,
      },
      [201],
    );
    this.ids.set(name, server.id);
  }
}

/** A heartbeat whose figures differ from server to server and from time to time. */
function figuresOf(epoch: string, index: number): ReturnType<typeof heartbeatOf> {
  const plain = heartbeatOf(epoch);
  const wave = (period: number): number =>
    (1 + Math.sin(index * 1.7 + (Date.now() / 1000 / period) * 2 * Math.PI)) / 2;
  const memory = (8 << (index % 4)) * GIB;
  return {
    ...plain,
    vitals: {
      ...plain.vitals,
      uptime_seconds: 86_400 * (3 + (index % 90)),
      load: [wave(60) * 4, wave(300) * 3, wave(900) * 2],
      cpu_percent: Math.round(wave(90) ** 3 * 960) / 10,
      memory: {
        total_bytes: memory,
        available_bytes: Math.round(memory * (0.15 + wave(700) * 0.7)),
      },
      disks: [
        {
          path: '/',
          total_bytes: 80 * GIB,
          available_bytes: Math.round((10 + ((index * 13) % 60)) * GIB),
        },
      ],
    },
  };
}
