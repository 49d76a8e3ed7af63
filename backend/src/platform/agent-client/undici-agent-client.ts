import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { DEFAULT_TIMEOUT_MS, LIMITS, METHODS } from '@myx/protocol';
import type {
  AgentEvent,
  MethodDefinition,
  MethodName,
  ParamsOf,
  ResultOf,
  RpcRequest,
} from '@myx/protocol';
import type { Logger } from 'pino';
import { Client, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import {
  AgentCallError,
  deadlineFailure,
  replacedFailure,
  requestFailure,
} from './agent-call-error.js';
import { AgentClient } from './agent-client.js';
import type { CallOptions, FileToSend, ReadOptions, SendOptions } from './agent-client.js';
import { hostAndPort } from './agent-endpoint.js';
import type { AgentEndpoint, ClientCertificate } from './agent-endpoint.js';
import { ClockOffset } from './clock-offset.js';
import { readEvents } from './event-reader.js';
import { contentOf, fileFailure, getFilePath, isNoSuchFile, putFilePath } from './file-requests.js';
import type { FileContent } from './file-requests.js';
import { IdleDeadline } from './idle-deadline.js';
import { pinnedConnector } from './pinned-connector.js';
import { readBody } from './read-body.js';
import { digestOf, signedHeaders } from './request-signer.js';
import type { UnsignedRequest } from './request-signer.js';
import { withRetries } from './retry-policy.js';
import type { RetryPolicy } from './retry-policy.js';
import { parseAnswer, statusFailure } from './rpc-answer.js';

/** Connections for calls that answer at once, or wait for a moment only. */
const CALL_CONNECTIONS = 6;

/**
 * Connections for calls that may wait longer (long polls, cancels with a grace time): apart from the
 * others, or a few waiting commands would hold up every heartbeat. With the event stream still below the
 * 64 that an agent accepts.
 */
const WAIT_CONNECTIONS = 32;

/** A call that waits longer than this, milliseconds, has a connection of its own. */
const MOMENT_MS = 1_000;

/** Shorter than the agent's own keep-alive of 75 s, so that the manager closes first. */
const KEEP_ALIVE_MS = 65_000;

/** A live event stream is never silent longer than this. */
const EVENT_SILENCE_MS = 2.5 * LIMITS.eventStreamIdleMs;

/** Longest file that is read unless told otherwise, bytes. */
const READ_BYTES = 8 * 1024 * 1024;

/** Slower than this a host cannot write a file that has arrived, bytes a millisecond. */
const SLOWEST_DISK = 4 * 1024;

/** A request with its body, which is made anew for every attempt. */
interface Outgoing extends UnsignedRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: () => Buffer | Readable;
}

const NO_BODY = digestOf(Buffer.alloc(0));

/** How a client calls. */
export interface AgentClientOptions {
  readonly endpoint: AgentEndpoint;
  readonly clientCertificate: ClientCertificate;
  /** Name lookup, TCP and TLS of one connection together, milliseconds. */
  readonly connectTimeoutMs: number;
  /** Deadline of one attempt of a call that does not wait, milliseconds. */
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly logger: Logger;
}

/** {@link AgentClient} over HTTPS with keep-alive pools. Connections open when they are needed. */
export class UndiciAgentClient extends AgentClient {
  private readonly target: string;
  private readonly connector: ReturnType<typeof pinnedConnector>;
  private readonly calls: Pool;
  /** Made when first needed: a pool is not small, and most agents run no command at a given moment. */
  private waits: Pool | undefined;
  private readonly streams = new Set<Client>();
  private readonly clock = new ClockOffset();
  private hasAnswered = false;
  private isClosed = false;

  constructor(private readonly options: AgentClientOptions) {
    super();
    const { host, port } = options.endpoint;
    this.target = hostAndPort(host, port);
    this.connector = pinnedConnector(options);
    this.calls = new Pool(ORIGIN, { ...this.connection(), connections: CALL_CONNECTIONS });
  }

  async call<Name extends MethodName>(
    method: Name,
    params: ParamsOf<Name>,
    options: CallOptions = {},
  ): Promise<ResultOf<Name>> {
    const definition = METHODS[method] as unknown as MethodDefinition;
    const parsed = definition.params.parse(params) as Record<string, unknown>;
    const { retry, logger } = this.options;
    const result = await withRetries(
      method,
      () => this.attempt(definition, parsed, options),
      retry,
      logger,
      options,
    );
    return result as ResultOf<Name>;
  }

  async *events(after: number, signal: AbortSignal): AsyncGenerator<AgentEvent> {
    this.refuseClosed();
    const request: Outgoing = {
      method: 'GET',
      path: `/${this.options.endpoint.path}/events?after=${after}`,
      bodyDigest: NO_BODY,
    };
    const client = new Client(ORIGIN, { ...this.connection(), bodyTimeout: EVENT_SILENCE_MS });
    this.streams.add(client);
    try {
      const { statusCode, body } = await this.sendWithClock(client, request, signal);
      if (statusCode !== 200) throw statusFailure(this.target, statusCode);
      yield* readEvents(body as AsyncIterable<Buffer>, this.target);
    } catch (error) {
      signal.throwIfAborted();
      throw this.failure(error);
    } finally {
      this.streams.delete(client);
      await client.destroy();
    }
  }

  async putFile(file: FileToSend, options: SendOptions = {}): Promise<void> {
    const content = await contentOf(file.source);
    const { retry, logger } = this.options;
    const attempt = (): Promise<void> => this.sendFile(file, content, options);
    await withRetries('put_file', attempt, retry, logger, options);
  }

  getFile(path: string, options: ReadOptions = {}): Promise<Buffer | null> {
    const { retry, logger } = this.options;
    const attempt = (): Promise<Buffer | null> => this.receiveFile(path, options);
    return withRetries('get_file', attempt, retry, logger, options);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const pools = this.waits ? [this.calls, this.waits] : [this.calls];
    await Promise.all([...pools, ...this.streams].map((dispatcher) => dispatcher.destroy()));
  }

  private async sendFile(
    file: FileToSend,
    content: FileContent,
    options: SendOptions,
  ): Promise<void> {
    const idleMs = (options.timeoutMs ?? this.options.timeoutMs) + content.size / SLOWEST_DISK;
    await this.transfer(idleMs, options, async (deadline, signal) => {
      const request: Outgoing = {
        method: 'PUT',
        path: putFilePath(this.options.endpoint.path, file, content),
        bodyDigest: content.sha256,
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(content.size),
        },
        body: () =>
          content.open((sent) => {
            deadline.postpone();
            options.onProgress?.(sent, content.size);
          }),
      };
      const { statusCode, body } = await this.sendWithClock(this.waitingPool(), request, signal);
      const answer = await readBody(body, LIMITS.requestBodyBytes, this.target);
      if (statusCode !== 200) throw fileFailure(this.target, file.path, statusCode, answer);
    });
  }

  private async receiveFile(path: string, options: ReadOptions): Promise<Buffer | null> {
    const idleMs = options.timeoutMs ?? this.options.timeoutMs;
    const request: Outgoing = {
      method: 'GET',
      path: getFilePath(this.options.endpoint.path, path),
      bodyDigest: NO_BODY,
    };
    return this.transfer(idleMs, options, async (deadline, signal) => {
      const { statusCode, body } = await this.sendWithClock(this.waitingPool(), request, signal);
      const bytes = await readBody(body, options.maxBytes ?? READ_BYTES, this.target, () => {
        deadline.postpone();
      });
      if (statusCode === 200) return bytes;
      if (isNoSuchFile(statusCode, bytes)) return null;
      throw fileFailure(this.target, path, statusCode, bytes);
    });
  }

  /** Runs one attempt that may take as long as it moves. */
  private async transfer<Result>(
    idleMs: number,
    options: CallOptions,
    work: (deadline: IdleDeadline, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const deadline = new IdleDeadline(idleMs);
    const { signal } = options;
    try {
      return await work(
        deadline,
        signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal,
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (deadline.signal.aborted) throw deadlineFailure(this.target, idleMs);
      throw this.failure(error);
    } finally {
      deadline.stop();
    }
  }

  private failure(error: unknown): AgentCallError {
    return this.isClosed && !(error instanceof AgentCallError)
      ? replacedFailure(this.target, error)
      : requestFailure(this.target, error, this.hasAnswered);
  }

  private waitingPool(): Pool {
    this.refuseClosed();
    this.waits ??= new Pool(ORIGIN, { ...this.connection(), connections: WAIT_CONNECTIONS });
    return this.waits;
  }

  /** What is opened after the client was closed would lead to where the agent was, and be closed by nobody. */
  private refuseClosed(): void {
    if (this.isClosed) throw replacedFailure(this.target, new Error('the client is closed'));
  }

  private connection(): Client.Options {
    return {
      connect: this.connector,
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // The deadline of the attempt covers these.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
  }

  private async attempt(
    definition: MethodDefinition,
    params: Record<string, unknown>,
    options: CallOptions,
  ): Promise<unknown> {
    const waitMs = definition.timeoutMs(params) - DEFAULT_TIMEOUT_MS;
    const timeoutMs = options.timeoutMs ?? this.options.timeoutMs + waitMs;
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
    const id = randomUUID();
    const rpc: RpcRequest = { jsonrpc: '2.0', id, method: definition.name, params };
    const body = Buffer.from(JSON.stringify(rpc));
    const request: Outgoing = {
      method: 'POST',
      path: `/${this.options.endpoint.path}/rpc`,
      bodyDigest: digestOf(body),
      headers: { 'content-type': 'application/json' },
      body: () => body,
    };
    try {
      const pool = waitMs > MOMENT_MS ? this.waitingPool() : this.calls;
      const { statusCode, body: answer } = await this.sendWithClock(pool, request, signal);
      const bytes = await readBody(answer, LIMITS.responseBodyBytes, this.target);
      // The pool has its connection back one turn of the event loop later: without this turn the
      // caller's next call would open another one.
      await setImmediate();
      return parseAnswer(this.target, definition, id, { status: statusCode, body: bytes });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (deadline.aborted) throw deadlineFailure(this.target, timeoutMs);
      throw this.failure(error);
    }
  }

  /**
   * Sends a request. When the gate refuses it and the agent's clock is not where the manager thought,
   * the request is sent once more on the agent's time.
   */
  private async sendWithClock(
    dispatcher: Dispatcher,
    request: Outgoing,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const first = await this.send(dispatcher, request, signal);
    if (first.statusCode !== 404 || !this.clock.learn(first.headers.date)) return first;
    await readBody(first.body, LIMITS.requestBodyBytes, this.target);
    const second = await this.send(dispatcher, request, signal);
    if (second.statusCode === 404) this.clock.forget();
    return second;
  }

  private async send(
    dispatcher: Dispatcher,
    request: Outgoing,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { method, path, headers, body } = request;
    const response = await dispatcher.request({
      method,
      path,
      headers: {
        ...signedHeaders(this.options.endpoint, request, this.clock.now()),
        ...headers,
      },
      body: body?.() ?? null,
      signal,
    });
    this.hasAnswered = true;
    return response;
  }
}

/** The connector knows the address; the name in the `Host` header tells a listener nothing. */
const ORIGIN = 'https://myx-agent';
