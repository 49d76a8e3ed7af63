import { Lab } from '../lab/index.ts';
import type { HostOptions, LabHost } from '../lab/index.ts';
import type { ApiClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import { ManagerProcess } from './manager-process.ts';

/** What the API says of a command, as far as tests look at it. */
export interface CommandAnswer {
  readonly id: string;
  readonly status: string;
  readonly outcome: string | null;
  readonly exit_code: number | null;
  readonly reason: string | null;
}

/** What the API says of an operation, as far as tests look at it. */
export interface OperationAnswer {
  readonly id: string;
  readonly state: string;
  readonly error: {
    readonly layer: string;
    readonly code: string;
    readonly message: string;
  } | null;
  readonly steps: readonly { readonly name: string; readonly state: string }[];
}

/** What the API says of a server, as far as tests look at it. */
export interface ServerAnswer {
  readonly id: string;
  readonly status: string;
  readonly status_cause: { readonly layer: string; readonly message: string } | null;
}

/** The body of a command request. */
export type CommandRequest = Readonly<Record<string, unknown>>;

const ENDED = ['succeeded', 'failed', 'cancelled', 'cleanup_pending'];

/** A real manager and real hosts, and the few things every end-to-end test does with them. */
export class Fleet {
  readonly manager: ManagerProcess;
  readonly lab: Lab;

  private constructor(manager: ManagerProcess, lab: Lab) {
    this.manager = manager;
    this.lab = lab;
  }

  /** Starts both at the same time. Heartbeats are fast unless `env` says otherwise. */
  static async open(options: {
    hosts: number | readonly HostOptions[];
    env?: Readonly<Record<string, string>>;
    /** Leaves the manager's first start to the test. */
    firstStart?: boolean;
    /** Lets the manager find no systemd on its own machine. */
    hidesSystemd?: boolean;
  }): Promise<Fleet> {
    const env = {
      MYX_HEARTBEAT_MIN_INTERVAL_SECONDS: '1',
      MYX_HEARTBEAT_MAX_INTERVAL_SECONDS: '2',
      ...options.env,
    };
    const [manager, lab] = await Promise.allSettled([
      ManagerProcess.start({
        env,
        firstStart: options.firstStart ?? false,
        hidesSystemd: options.hidesSystemd ?? false,
      }),
      Lab.open({ hosts: options.hosts }),
    ]);
    if (manager.status === 'fulfilled' && lab.status === 'fulfilled') {
      return new Fleet(manager.value, lab.value);
    }
    // Whichever did start must not stay behind.
    if (manager.status === 'fulfilled') await manager.value.close();
    if (lab.status === 'fulfilled') await lab.value.close();
    throw manager.status === 'rejected' ? manager.reason : (lab as PromiseRejectedResult).reason;
  }

  get api(): ApiClient {
    return this.manager.api;
  }

  /** Ends manager and hosts. The manager first: once the hosts are gone nobody may dial them. */
  async close(): Promise<void> {
    await this.manager.close();
    await this.lab.close();
  }

  /** The body that adds a host as root by key, its host key compared. */
  serverRequest(host: LabHost, changes: Readonly<Record<string, unknown>> = {}): object {
    return {
      name: host.name,
      host: host.address,
      ssh: {
        port: host.sshPort,
        username: 'root',
        auth: { type: 'private_key', private_key: host.users.root.keys.ed25519.privateKey },
        host_key: { fingerprint: host.hostKeyFingerprint },
      },
      install: true,
      ...changes,
    };
  }

  /** Adds host `number` (from 1), waits for its installation and answers the server's id. */
  async addServer(number: number, changes?: Readonly<Record<string, unknown>>): Promise<string> {
    const host = this.lab.host(number);
    const answer = await this.api.post<{ server: { id: string }; operation_id: string }>(
      '/api/v1/servers',
      this.serverRequest(host, changes),
      [201],
    );
    const operation = await this.operationEnded(answer.operation_id);
    if (operation.state !== 'succeeded') {
      const log = await this.api.get<unknown>(`/api/v1/operations/${operation.id}/log`);
      throw new Error(`installation ${operation.state}: ${JSON.stringify([operation, log])}`);
    }
    return answer.server.id;
  }

  operation(id: string): Promise<OperationAnswer> {
    return this.api.get<OperationAnswer>(`/api/v1/operations/${id}`);
  }

  /** Waits until an operation is over, however it ended. */
  operationEnded(id: string, deadlineMs = 240_000): Promise<OperationAnswer> {
    return eventually(
      `operation ${id} ends`,
      async () => {
        const operation = await this.operation(id);
        return ENDED.includes(operation.state) ? operation : undefined;
      },
      { deadlineMs },
    );
  }

  server(id: string): Promise<ServerAnswer> {
    return this.api.get<ServerAnswer>(`/api/v1/servers/${id}`);
  }

  /** Waits until a server has the status. */
  serverBecomes(id: string, status: string, deadlineMs = 180_000): Promise<ServerAnswer> {
    return eventually(
      `server ${id} is ${status}`,
      async () => {
        const server = await this.server(id);
        return server.status === status ? server : undefined;
      },
      { deadlineMs },
    );
  }

  /** Starts a command and answers at once. */
  start(serverId: string, request: CommandRequest): Promise<CommandAnswer> {
    return this.api.post<CommandAnswer>(`/api/v1/servers/${serverId}/commands`, request, [202]);
  }

  /** Runs a command to its end. */
  async run(serverId: string, request: CommandRequest): Promise<CommandAnswer> {
    const { id } = await this.start(serverId, request);
    return this.ended(id);
  }

  command(id: string): Promise<CommandAnswer> {
    return this.api.get<CommandAnswer>(`/api/v1/commands/${id}`);
  }

  /** Waits until a command is over, however it ended. */
  ended(id: string, deadlineMs = 180_000): Promise<CommandAnswer> {
    return eventually(
      `command ${id} ends`,
      async () => {
        const command = await this.command(id);
        return command.status === 'finished' ? command : undefined;
      },
      { deadlineMs },
    );
  }

  /** The stored bytes of one stream from an offset on. */
  async output(id: string, stream: 'stdout' | 'stderr', offset = 0): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let next = offset;
    for (;;) {
      const response = await this.api.raw(
        `/api/v1/commands/${id}/output?stream=${stream}&offset=${next}`,
      );
      if (!response.ok)
        throw new Error(`output answered ${response.status}: ${await response.text()}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      if (bytes.length === 0) return Buffer.concat(pieces);
      pieces.push(bytes);
      next = Number(response.headers.get('x-next-offset'));
    }
  }
}
