import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { HEADERS, LIMITS, signingInput } from '@myx/protocol';
import { FailureBackoff } from './failure-backoff.ts';
import { NonceCache } from './nonce-cache.ts';
import { plainAddress } from './allowed-addresses.ts';

/** The three resources of an agent. */
export type Resource = 'rpc' | 'events' | 'files';

/** A request that passed the gate. Its body must still match `bodyDigest`. */
export interface Admitted {
  readonly resource: Resource;
  readonly query: string;
  /** Lower-case hex SHA-256 that the signature covers. */
  readonly bodyDigest: string;
}

/** What of a request the gate looks at. */
export type GatedRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & {
  readonly address: string;
};

/** What the gate compares requests with, and its clocks. */
export interface GateOptions {
  readonly rpcPath: string;
  readonly tokenSha256: string;
  readonly secretKey: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Monotonic milliseconds. */
  readonly monotonicNow?: () => number;
}

const METHODS_OF: Readonly<Record<Resource, readonly string[]>> = {
  rpc: ['POST'],
  events: ['GET'],
  files: ['GET', 'PUT'],
};

/** Requests signed this long before the process started are refused: their nonces are not remembered. */
const START_TOLERANCE_MS = 2000;
const NONCES = 32_768;
/** SHA-256 of no bytes. */
const NO_BODY = createHash('sha256').digest('hex');

/**
 * The one place where a request is let in: path, HTTP method, token, freshness, signature, nonce. Tells
 * nobody why a request was refused, and compares secrets by digests of equal length in constant time.
 */
export class Gate {
  readonly backoff: FailureBackoff;
  readonly #options: GateOptions;
  readonly #key: Buffer;
  readonly #token: Buffer;
  readonly #nonces = new NonceCache({
    capacity: NONCES,
    freshnessMs: LIMITS.requestFreshnessMs,
  });
  readonly #now: () => number;
  readonly #monotonicNow: () => number;
  readonly #startedAt: number;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#key = Buffer.from(options.secretKey, 'base64url');
    this.#token = Buffer.from(options.tokenSha256, 'hex');
    if (this.#key.length !== 32 || this.#token.length !== 32) {
      throw new Error('The gate needs a 256-bit key and a SHA-256 of the token.');
    }
    this.#now = options.now ?? Date.now;
    this.#monotonicNow = options.monotonicNow ?? (() => performance.now());
    this.#startedAt = this.#monotonicNow();
    this.backoff = new FailureBackoff(this.#monotonicNow);
  }

  /** Lets a request in, or answers undefined. */
  admit(request: GatedRequest): Admitted | undefined {
    const address = plainAddress(request.address);
    if (this.backoff.isRefused(address)) return undefined;
    const admitted = this.#check(request);
    if (admitted === undefined) this.backoff.failed(address);
    else this.backoff.succeeded(address);
    return admitted;
  }

  #check(request: GatedRequest): Admitted | undefined {
    const { method = '', url = '' } = request;
    const token = header(request, HEADERS.token);
    const timestamp = header(request, HEADERS.timestamp);
    const nonce = header(request, HEADERS.nonce);
    const bodyDigest = header(request, HEADERS.bodyDigest);
    const resource = this.#resourceOf(url);
    if (resource === undefined || !METHODS_OF[resource].includes(method)) return undefined;
    if (method === 'GET' && bodyDigest !== NO_BODY) return undefined;
    if (!timingSafeEqual(sha256(token), this.#token)) return undefined;
    if (!/^[0-9]{1,15}$/.test(timestamp) || !this.#isFresh(Number(timestamp))) return undefined;
    if (!/^[A-Za-z0-9_-]{22}$/.test(nonce) || !/^[0-9a-f]{64}$/.test(bodyDigest)) return undefined;
    const expected = createHmac('sha256', this.#key)
      .update(signingInput({ method, path: url, timestamp, nonce, bodyDigest }))
      .digest();
    const given = header(request, HEADERS.signature);
    if (!/^[0-9a-f]{64}$/.test(given)) return undefined;
    if (!timingSafeEqual(expected, Buffer.from(given, 'hex'))) return undefined;
    if (!this.#nonces.accept(nonce, Number(timestamp), this.#now())) return undefined;
    return { resource, query: url.split('?', 2)[1] ?? '', bodyDigest };
  }

  #resourceOf(url: string): Resource | undefined {
    const path = sha256(url.split('?', 1)[0] ?? '');
    let found: Resource | undefined;
    for (const resource of ['rpc', 'events', 'files'] as const) {
      // All three are compared, so that the time tells nothing of the secret path.
      if (timingSafeEqual(path, sha256(`/${this.#options.rpcPath}/${resource}`))) found = resource;
    }
    return found;
  }

  #isFresh(timestamp: number): boolean {
    const now = this.#now();
    if (Math.abs(now - timestamp) > LIMITS.requestFreshnessMs) return false;
    // Reckoned back from now, so that stepping the wall clock does not move the start.
    const startedAt = now - (this.#monotonicNow() - this.#startedAt);
    return timestamp >= startedAt - START_TOLERANCE_MS;
  }
}

function header(request: GatedRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
