/** When unreachable servers mean that the manager itself has no network. */
export const NETWORK_LOST_WHEN = {
  /** So many servers, all up before, are silent, and none has answered meanwhile. */
  servers: 3,
  /** How many other servers are asked before one is believed to be down by itself. */
  probes: 5,
} as const;

/** What the judge needs from outside. */
export interface NetworkProbe {
  /** Up to `count` random servers that answered last time, without those in `except`. */
  candidates(count: number, except: ReadonlySet<string>): Promise<readonly string[]>;
  /** Asks a server once, briefly. True when anything came back at all, also a refusal. */
  answers(serverId: string): Promise<boolean>;
}

interface Word {
  readonly at: number;
  readonly reachable: boolean;
}

/**
 * Tells "this server is down" from "this manager lost its network".
 *
 * Rule: when a server that was up is silent (names do not resolve, or nothing comes back on TCP), it
 * counts what was heard of the others since. One answer, even a refused connection, proves the network:
 * the server itself is down. If nothing was heard, up to five others that were up are asked at once. If
 * none of them answers either, and at least three servers are silent, the manager has lost its network:
 * no server is declared offline until one answers again.
 */
export class NetworkJudge {
  private readonly words = new Map<string, Word>();
  private lostSince: Date | null = null;
  private confirming: Promise<void> | undefined;

  constructor(
    private readonly probe: NetworkProbe,
    private readonly onChange: (lostSince: Date | null) => Promise<void>,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Since when the network is lost, or null. */
  get networkLostSince(): Date | null {
    return this.lostSince;
  }

  /** Notes that something came back from a server: the network is there. */
  async heard(serverId: string): Promise<void> {
    this.words.set(serverId, { at: this.clock(), reachable: true });
    if (this.lostSince) await this.change(null);
  }

  /** Notes that a server that was up is silent. */
  silent(serverId: string): void {
    this.words.set(serverId, { at: this.clock(), reachable: false });
  }

  /** Forgets a server that is gone. */
  forget(serverId: string): void {
    this.words.delete(serverId);
  }

  /**
   * Decides about a server that was up and has been silent since `since`: true when it is the manager's
   * network that is lost.
   */
  async isOwnNetwork(serverId: string, since: number): Promise<boolean> {
    this.silent(serverId);
    if (this.lostSince) return true;
    if (this.heardSince(since)) return false;
    this.confirming ??= this.askOthers(since).finally(() => {
      this.confirming = undefined;
    });
    await this.confirming;
    if (this.networkLostSince) return true;
    if (this.heardSince(since) || this.silentSince(since).size < NETWORK_LOST_WHEN.servers) {
      return false;
    }
    await this.change(new Date(this.clock()));
    return true;
  }

  /** While the network is lost: asks a few servers, so that its return is noticed soon. */
  async lookForNetwork(): Promise<void> {
    if (this.lostSince) await this.askOthers(Infinity);
  }

  private async askOthers(since: number): Promise<void> {
    const others = await this.probe.candidates(NETWORK_LOST_WHEN.probes, this.silentSince(since));
    await Promise.all(
      others.map(async (id) => {
        if (await this.probe.answers(id)) await this.heard(id);
        else this.silent(id);
      }),
    );
  }

  private heardSince(since: number): boolean {
    return [...this.words.values()].some((word) => word.reachable && word.at >= since);
  }

  private silentSince(since: number): ReadonlySet<string> {
    const silent = [...this.words].filter(([, word]) => !word.reachable && word.at >= since);
    return new Set(silent.map(([id]) => id));
  }

  private async change(lostSince: Date | null): Promise<void> {
    if ((this.lostSince === null) === (lostSince === null)) return;
    this.lostSince = lostSince;
    await this.onChange(lostSince);
  }
}
