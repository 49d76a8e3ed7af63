import { expect } from '@jest/globals';
import type { LabHost } from '../lab/index.ts';
import { eventually } from './eventually.ts';
import type { Fleet } from './fleet.ts';

/** Kinds whose configurations can be told apart by the port that they name. */
export type ServiceKind = 'caddy' | 'node_exporter';

/** Where a service is deployed. */
export interface ServicePlace {
  /** Number of the host in the lab. */
  readonly number: number;
  readonly serverId: string;
  readonly kind: ServiceKind;
}

interface Deployment {
  readonly id: string;
  readonly state: string;
  readonly busy: boolean;
  readonly desired_version: number;
  readonly applied_version: number | null;
}

const API = '/api/v1/deployments';

/** Time that an operation has on a slow and busy machine, however it is disturbed. */
const DEADLINE_MS = 300_000;

const CONFIGS: Readonly<Record<ServiceKind, (port: number) => object>> = {
  caddy: (port) => ({
    mode: 'sites',
    sites: [{ port, tls: { mode: 'off' }, routes: [{ type: 'respond', body: String(port) }] }],
  }),
  node_exporter: (port) => ({ port }),
};

/**
 * A service on a host whose configurations differ by the port that it listens on: so what runs can be seen
 * from outside, and compared with what the API says.
 */
export class DeployedService {
  /** The ports that versions name. */
  private readonly ports = new Map<number, number>();

  private constructor(
    private readonly fleet: Fleet,
    private readonly place: ServicePlace,
    private readonly id: string,
  ) {}

  /** Makes the deployment; nothing is applied yet. */
  static async create(fleet: Fleet, place: ServicePlace, port: number): Promise<DeployedService> {
    const { kind, serverId } = place;
    const { deployments } = await fleet.api.post<{ deployments: Deployment[] }>(
      API,
      { kind, server_ids: [serverId], config: CONFIGS[kind](port) },
      [201],
    );
    const service = new DeployedService(fleet, place, deployments[0]?.id ?? '');
    service.ports.set(1, port);
    return service;
  }

  /** Where its state is on the host. */
  get stateDirectory(): string {
    return `/var/lib/myx-deployments/${this.place.kind}`;
  }

  /** Applies what is desired, and answers the operation's id. */
  apply(): Promise<string> {
    return this.request('apply');
  }

  /** Applies a version with another port. */
  async change(port: number): Promise<string> {
    const config = CONFIGS[this.place.kind](port);
    const { desired_version: version } = await this.fleet.api.put<Deployment>(
      `${API}/${this.id}/config`,
      { config },
    );
    this.ports.set(version, port);
    return this.apply();
  }

  /** Goes back to an earlier version with another port than the one that runs. */
  async goBack(): Promise<string> {
    const { applied_version: applied } = await this.deployment();
    const port = this.ports.get(applied ?? 0);
    const found = [...this.ports].findLast(([, other]) => other !== port);
    if (!found) throw new Error('there is no version to go back to');
    const [version, earlier] = found;
    const operation = await this.request('rollback', { version });
    const { desired_version: made } = await this.deployment();
    this.ports.set(made, earlier);
    return operation;
  }

  /** Waits until a task of an operation's playbook has ended. */
  async comesTo(operationId: string, task: string): Promise<void> {
    await eventually(
      `the operation comes to “${task}”`,
      async () => {
        const { lines } = await this.fleet.api.get<{ lines: { line: string }[] }>(
          `/api/v1/operations/${operationId}/log?limit=500`,
        );
        return lines.some(({ line }) => line.includes(`: ${task} [`)) || undefined;
      },
      { deadlineMs: DEADLINE_MS, everyMs: 50 },
    );
  }

  /** Waits until the change on the host is whole, whoever can reach it. */
  async committed(): Promise<void> {
    await eventually(
      'the change is committed',
      async () => ((await this.transaction()) === 'committed' ? true : undefined),
      { deadlineMs: DEADLINE_MS },
    );
  }

  /**
   * Waits for the operation's end, and looks that all is of one piece: what answers is what the API says,
   * nothing works on it any more, and nothing is half done on the host.
   */
  async settled(operationId: string): Promise<'new' | 'old'> {
    const before = (await this.deployment()).applied_version;
    const operation = await this.fleet.operationEnded(operationId, DEADLINE_MS);
    const {
      state,
      busy,
      desired_version: desired,
      applied_version: applied,
    } = await this.deployment();
    expect(['succeeded', 'failed', 'cancelled']).toContain(operation.state);
    const isNew = operation.state === 'succeeded';
    const version = isNew ? desired : before;
    const wanted = {
      deployment: { state: isNew ? 'healthy' : 'rolled_back', busy: false, applied: version },
      listens: [this.ports.get(version ?? 0)],
      hasOpenTransaction: false,
      playbooks: [],
    };
    const found = {
      deployment: { state, busy, applied },
      listens: await this.answering(),
      hasOpenTransaction: (await this.transaction()) === 'open',
      playbooks: this.playbooks(),
    };
    expect(found).toEqual(wanted);
    return isNew ? 'new' : 'old';
  }

  /** The ports that answer from outside. */
  private async answering(): Promise<number[]> {
    const found: number[] = [];
    for (const port of new Set(this.ports.values())) {
      // Over a new connection: one that was kept may have ended with the program that it went to.
      const headers = { connection: 'close' };
      const url = `http://${this.host.address}:${port}/`;
      const answer = await fetch(url, { headers }).catch(() => null);
      await answer?.arrayBuffer();
      if (answer?.ok === true) found.push(port);
    }
    return found;
  }

  private playbooks(): string[] {
    return this.host
      .processes()
      .map(({ args }) => args.join(' '))
      .filter((line) => line.includes('ansible-playbook'));
  }

  private async transaction(): Promise<string | undefined> {
    const { stdout } = await this.host.exec(['cat', `${this.stateDirectory}/transaction.json`]);
    return /"phase": "(\w+)"/.exec(stdout)?.[1];
  }

  private get host(): LabHost {
    return this.fleet.lab.host(this.place.number);
  }

  private deployment(): Promise<Deployment> {
    return this.fleet.api.get<Deployment>(`${API}/${this.id}`);
  }

  private async request(what: 'apply' | 'rollback', body: object = {}): Promise<string> {
    const route = `${API}/${this.id}/${what}`;
    return (await this.fleet.api.post<{ operation_id: string }>(route, body, [202])).operation_id;
  }
}
