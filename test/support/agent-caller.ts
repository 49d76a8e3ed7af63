import { createHash, createHmac, randomBytes, X509Certificate } from 'node:crypto';
import https from 'node:https';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { HEADERS, METHODS, RpcResponse, signingInput } from '@myx/protocol';
import type { MethodName, ParamsOf, ResultOf } from '@myx/protocol';
import type { Credentials } from './test-authority.ts';

/** What a manager knows of an agent. */
export interface AgentIdentity {
  readonly host: string;
  readonly rpcPort: number;
  readonly rpcPath: string;
  /** The token itself, base64url. */
  readonly token: string;
  /** Base64url. */
  readonly secretKey: string;
  /** The agent's certificate, PEM: the only one that is trusted. */
  readonly certificate: string;
}

/** A request as a test wants it: everything that is not given is as it should be. */
export interface RawRequest {
  readonly method?: string;
  /** Path with query in the request line. */
  readonly path?: string;
  readonly body?: string | Buffer;
  readonly token?: string;
  readonly timestamp?: number;
  readonly nonce?: string;
  readonly signature?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with its body read. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The agent answered a JSON-RPC error. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** Speaks to an agent the way a manager does, or on purpose not quite. */
export class AgentCaller {
  readonly identity: AgentIdentity;
  readonly #agent: https.Agent;

  constructor(
    identity: AgentIdentity,
    credentials: Credentials | undefined,
    tls: https.AgentOptions = {},
  ) {
    this.identity = identity;
    const pinned = new X509Certificate(identity.certificate).fingerprint256;
    this.#agent = new https.Agent({
      keepAlive: true,
      maxSockets: 16,
      maxCachedSessions: 0,
      ca: identity.certificate,
      ...(credentials === undefined ? {} : { key: credentials.key, cert: credentials.certificate }),
      checkServerIdentity: (_host, { fingerprint256 }) =>
        fingerprint256 === pinned ? undefined : new Error('another certificate'),
      ...tls,
    });
  }

  /** Calls a method. Rejects with AgentError when the agent answers an error. */
  async call<Name extends MethodName>(name: Name, params: ParamsOf<Name>): Promise<ResultOf<Name>> {
    const response = await this.callRaw({ jsonrpc: '2.0', id: 1, method: name, params });
    if (response.error !== undefined) {
      const { code, message, data } = response.error;
      throw new AgentError(code, message, data);
    }
    return METHODS[name].result.parse(response.result) as ResultOf<Name>;
  }

  /** Sends any JSON value as an RPC request and parses the answer's envelope. */
  async callRaw(request: unknown): Promise<RpcResponse> {
    const answer = await this.request({ body: JSON.stringify(request) });
    if (answer.status !== 200) throw new Error(`The agent answered ${answer.status}`);
    return RpcResponse.parse(JSON.parse(answer.body.toString('utf8')));
  }

  /** Headers that let a request in. */
  headersFor(request: RawRequest): Record<string, string> {
    const body = request.body ?? '';
    const timestamp = String(request.timestamp ?? Date.now());
    const nonce = request.nonce ?? randomBytes(16).toString('base64url');
    const bodyDigest = createHash('sha256').update(body).digest('hex');
    const signature = createHmac('sha256', Buffer.from(this.identity.secretKey, 'base64url'))
      .update(
        signingInput({
          method: request.method ?? 'POST',
          path: request.path ?? this.pathOf('rpc'),
          timestamp,
          nonce,
          bodyDigest,
        }),
      )
      .digest('hex');
    return {
      [HEADERS.token]: request.token ?? this.identity.token,
      [HEADERS.timestamp]: timestamp,
      [HEADERS.nonce]: nonce,
      [HEADERS.bodyDigest]: bodyDigest,
      [HEADERS.signature]: request.signature ?? signature,
      'content-type': request.contentType ?? 'application/json',
      ...request.headers,
    };
  }

  /** Path of a resource, with an optional query. */
  pathOf(resource: 'rpc' | 'events' | 'files', query?: Record<string, string>): string {
    const suffix = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
    return `/${this.identity.rpcPath}/${resource}${suffix}`;
  }

  /** Sends one request and reads the whole answer. */
  request(request: RawRequest): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = this.open(request, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, body: Buffer.concat(chunks) });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(request.body ?? '');
    });
  }

  /** Begins a request; the caller ends it and reads the answer. */
  open(request: RawRequest, onResponse: (response: IncomingMessage) => void): ClientRequest {
    return https.request(
      {
        agent: this.#agent,
        host: this.identity.host,
        port: this.identity.rpcPort,
        method: request.method ?? 'POST',
        path: request.path ?? this.pathOf('rpc'),
        headers: {
          'content-length': String(Buffer.byteLength(request.body ?? '')),
          ...this.headersFor(request),
        },
      },
      onResponse,
    );
  }

  /** Closes all connections. */
  close(): void {
    this.#agent.destroy();
  }
}
