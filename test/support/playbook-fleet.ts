import type { Fleet } from './fleet.ts';

/** What the API says of a playbook run, as far as tests look at it. */
export interface RunAnswer {
  readonly id: string;
  readonly state: string;
  readonly finished: boolean;
  readonly by_state: Readonly<Record<string, number>>;
  readonly extra_vars: Readonly<Record<string, unknown>>;
  readonly secret_vars: readonly string[];
  readonly retry_of: string | null;
  readonly totals: Readonly<Record<string, number>>;
  readonly servers: readonly {
    readonly server_id: string;
    readonly operation_id: string;
    readonly state: string;
    readonly outcome: string | null;
    readonly recap: Readonly<Record<string, number>> | null;
    readonly error: { readonly code: string; readonly message: string } | null;
  }[];
}

/** What the API says of the tasks of a run on one server. */
export interface TasksAnswer {
  readonly tasks: readonly {
    readonly seq: number;
    readonly task: string;
    readonly item: string | null;
    readonly status: string;
    readonly duration_ms: number;
    readonly message: string | null;
    readonly diff: string | null;
  }[];
  readonly next_after: number;
  readonly current: { readonly task: string } | null;
}

/** What the API says of a version, as far as tests look at it. */
export interface VersionAnswer {
  readonly version: number;
  readonly state: string;
  readonly check: { readonly operation_id: string; readonly message: string | null } | null;
}

/** Playbooks on real servers, as a CI pipeline runs them. */
export class PlaybookFleet {
  readonly fleet: Fleet;

  constructor(fleet: Fleet) {
    this.fleet = fleet;
  }

  /** Stores a playbook and has its first version checked on a server. */
  async usable(name: string, content: string, serverId: string): Promise<VersionAnswer> {
    await this.fleet.api.post('/api/v1/playbooks', { name, content }, [201]);
    return this.check(name, 1, serverId);
  }

  /** Has a version checked, and waits for what comes of it. */
  async check(name: string, version: number, serverId: string): Promise<VersionAnswer> {
    const route = `/api/v1/playbooks/${name}/versions/${version}`;
    await this.fleet.api.post(`${route}/check`, { server_id: serverId }, [202]);
    for (;;) {
      const answer = await this.fleet.api.get<VersionAnswer>(`${route}?wait=60`);
      if (answer.state !== 'checking') return answer;
    }
  }

  start(body: object): Promise<RunAnswer> {
    return this.fleet.api.post<RunAnswer>('/api/v1/playbook-runs', body, [202]);
  }

  /** Waits until a run has ended everywhere. */
  async ended(id: string): Promise<RunAnswer> {
    for (;;) {
      const run = await this.fleet.api.get<RunAnswer>(`/api/v1/playbook-runs/${id}?wait=60`);
      if (run.finished) return run;
    }
  }

  /** Runs a playbook to its end. */
  async run(body: object): Promise<RunAnswer> {
    const { id } = await this.start(body);
    return this.ended(id);
  }

  tasks(runId: string, serverId: string, after = 0): Promise<TasksAnswer> {
    return this.fleet.api.get<TasksAnswer>(
      `/api/v1/playbook-runs/${runId}/servers/${serverId}/tasks?after=${after}`,
    );
  }
}
