import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What became of a load. */
export interface LoadResult {
  readonly answered: number;
  /** Of the answers, those over a connection that had carried another one before. */
  readonly overKeptConnections: number;
  readonly failures: readonly string[];
}

/**
 * Visitors who ask for a page over and over, one request at a time each: some keep their connection, the
 * others come anew every time. As every HTTP client does (RFC 9112, 9.3.1), one whose kept connection was
 * closed before anything came back asks again over a new one.
 */
export class SteadyLoad {
  readonly #visitors: readonly Promise<void>[];
  readonly #failures: string[] = [];
  #isOver = false;
  #answered = 0;
  #overKept = 0;

  constructor(
    private readonly url: string,
    visitors: { readonly keeping: number; readonly coming: number },
  ) {
    this.#visitors = [
      ...Array.from({ length: visitors.keeping }, () => this.#visit(true)),
      ...Array.from({ length: visitors.coming }, () => this.#visit(false)),
    ];
  }

  /** How many requests were answered until now. */
  get answered(): number {
    return this.#answered;
  }

  /** Ends it, and tells what became of it. */
  async stop(): Promise<LoadResult> {
    this.#isOver = true;
    await Promise.all(this.#visitors);
    return {
      answered: this.#answered,
      overKeptConnections: this.#overKept,
      failures: this.#failures,
    };
  }

  async #visit(keeps: boolean): Promise<void> {
    const agent = new Agent({ keepAlive: keeps, maxSockets: 1 });
    while (!this.#isOver) {
      try {
        const { isReused } = await this.#ask(agent);
        this.#answered += 1;
        if (isReused) this.#overKept += 1;
      } catch (error) {
        this.#failures.push(String(error));
      }
      await sleep(10);
    }
    agent.destroy();
  }

  async #ask(agent: Agent): Promise<{ isReused: boolean }> {
    try {
      return await getPage(this.url, agent);
    } catch (error) {
      if (error instanceof KeptConnectionClosed) return getPage(this.url, agent);
      throw error;
    }
  }
}

class KeptConnectionClosed extends Error {}

function getPage(url: string, agent: Agent): Promise<{ isReused: boolean }> {
  return new Promise((resolve, reject) => {
    let hasBegun = false;
    const sent = request(url, { agent, timeout: 20_000 }, (response) => {
      hasBegun = true;
      const { statusCode = 0 } = response;
      response.on('error', reject);
      response.on('end', () => {
        if (statusCode === 200) resolve({ isReused: sent.reusedSocket });
        else reject(new Error(`status ${statusCode}`));
      });
      response.resume();
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in 20 seconds')));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isClosed = ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
      const mayAskAgain = isClosed && sent.reusedSocket && !hasBegun;
      reject(mayAskAgain ? new KeptConnectionClosed() : error);
    });
    sent.end();
  });
}
