import { createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import { HEADERS, RpcRequest, signingInput } from '@myx/protocol';
import { pino } from 'pino';
import type { AgentCallError } from '../../backend/src/platform/agent-client/agent-call-error.ts';
import type { RetryNotice } from '../../backend/src/platform/agent-client/agent-client.ts';
import { Secret } from '../../backend/src/platform/crypto/secret.ts';
import { UndiciAgentClient } from '../../backend/src/platform/agent-client/undici-agent-client.ts';
import { makeCertificate } from './test-certificates.ts';
import type { TestCertificate } from './test-certificates.ts';

/** What the manager must know of every agent of {@link TlsAgents}. */
export const AGENT_ACCESS = {
  path: 'abcdefgh12345678',
  token: randomBytes(32).toString('base64url'),
  secretKey: randomBytes(32).toString('base64url'),
} as const;

/** A request that passed the checks an agent makes. */
export interface Received {
  readonly request: IncomingMessage;
  /** The call; a placeholder for requests without a body. */
  readonly rpc: RpcRequest;
}

/** What a test lets an agent answer. */
export type Answer = (received: Received, response: ServerResponse) => void;

/** What an agent saw. */
export interface TlsAgent {
  readonly port: number;
  readonly server: Server;
  readonly requests: Received[];
  /** Requests whose token or signature was wrong. */
  readonly refused: IncomingMessage[];
  /** Sockets on which at least one request arrived. */
  readonly sockets: Set<unknown>;
}

/** How an agent differs from the usual. */
export interface ServeOptions {
  readonly certificate?: TestCertificate;
  /** Who must have signed the manager's certificate. */
  readonly clientCa?: Pick<TestCertificate, 'certificate'>;
  readonly port?: number;
}

/** How a client of {@link TlsAgents.client} differs from the usual. */
export interface ClientSettings {
  readonly host?: string;
  readonly pinned?: TestCertificate;
  readonly own?: TestCertificate;
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly retryBaseMs?: number;
  /** Collects the client's log lines. */
  readonly lines?: string[];
}

/**
 * Real TLS servers that do what an agent does before it serves a call: demand the manager's certificate,
 * parse with the wire's schemas, check token and signature. Call {@link TlsAgents.close} after each test.
 */
export class TlsAgents {
  readonly ca = makeCertificate({ commonName: 'test CA', isCa: true });
  readonly agent = makeCertificate({ commonName: 'agent' });
  readonly manager = makeCertificate({
    commonName: 'manager',
    issuer: this.ca,
    extendedKeyUsage: 'clientAuth',
  });
  readonly #cleanups: (() => Promise<unknown>)[] = [];

  /** Starts an agent that gives `answer`. */
  async start(
    answer: Answer,
    { certificate = this.agent, clientCa = this.ca, port = 0 }: ServeOptions = {},
  ): Promise<TlsAgent> {
    const server = createServer({
      cert: certificate.certificate,
      key: certificate.key,
      ca: clientCa.certificate,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    });
    const agent = { requests: [], refused: [], sockets: new Set(), server };
    server.on('request', (request, response) => void serve(agent, request, response, answer));
    trackSockets(server);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    this.#cleanups.push(() => stopServer(server));
    return { ...agent, port: (server.address() as AddressInfo).port };
  }

  /** Starts a TCP server that is no agent; answers its port. */
  async startTcp(onConnection: (socket: Socket) => void): Promise<number> {
    const server = createTcpServer((socket) => {
      socket.on('error', () => socket.destroy());
      onConnection(socket);
    });
    trackSockets(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#cleanups.push(() => stopServer(server));
    return (server.address() as AddressInfo).port;
  }

  /** A real client for an agent of this object. */
  client(port: number, settings: ClientSettings = {}): UndiciAgentClient {
    const { host = '127.0.0.1', pinned = this.agent, own = this.manager, lines } = settings;
    const client = new UndiciAgentClient({
      endpoint: {
        host,
        port,
        path: AGENT_ACCESS.path,
        token: new Secret(AGENT_ACCESS.token),
        secretKey: new Secret(AGENT_ACCESS.secretKey),
        certificate: { pem: pinned.certificate, fingerprint: pinned.fingerprint },
      },
      clientCertificate: { certificate: own.certificate, key: new Secret(own.key) },
      connectTimeoutMs: settings.connectTimeoutMs ?? 20_000,
      timeoutMs: settings.timeoutMs ?? 20_000,
      retry: { retries: 3, baseMs: settings.retryBaseMs ?? 5 },
      logger: pino({ level: 'warn' }, { write: (line: string) => void lines?.push(line) }),
    });
    this.#cleanups.push(() => client.close());
    return client;
  }

  /** Stops what was started. */
  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup();
  }
}

/** Open connections of the servers of this module, also those still in their TLS handshake. */
const openSockets = new WeakMap<Server | TcpServer, Set<Socket>>();

function trackSockets(server: Server | TcpServer): void {
  const sockets = new Set<Socket>();
  openSockets.set(server, sockets);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
}

/** Stops a server of {@link TlsAgents} at once, with its connections. */
export async function stopServer(server: Server | TcpServer): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  // Only now: a client that dials again right after it was cut would otherwise be let in and kept.
  for (const socket of openSockets.get(server) ?? []) socket.destroy();
  await closed;
}

/** Calls `health_check`, which must fail, and answers the error and the retries before it. */
export async function failingCall(
  client: UndiciAgentClient,
  retries = 3,
): Promise<{ error: AgentCallError; notices: RetryNotice[] }> {
  const notices: RetryNotice[] = [];
  const options = { retries, onRetry: (notice: RetryNotice) => void notices.push(notice) };
  try {
    await client.call('health_check', {}, options);
  } catch (error) {
    // What the caller of this function wants to look at.
    return { error: error as AgentCallError, notices };
  }
  throw new Error('the call succeeded');
}

async function serve(
  agent: Pick<TlsAgent, 'requests' | 'refused' | 'sockets'>,
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  agent.sockets.add(request.socket);
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (!isGenuine(request, body)) {
    agent.refused.push(request);
    response.writeHead(404).end();
    return;
  }
  const received = { request, rpc: RpcRequest.parse(rpcOf(body)) };
  agent.requests.push(received);
  answer(received, response);
}

function isGenuine(request: IncomingMessage, body: Buffer): boolean {
  const header = (name: string): string => String(request.headers[name]);
  const input = signingInput({
    method: request.method ?? '',
    path: request.url ?? '',
    timestamp: header(HEADERS.timestamp),
    nonce: header(HEADERS.nonce),
    bodyDigest: createHash('sha256').update(body).digest('hex'),
  });
  const key = Buffer.from(AGENT_ACCESS.secretKey, 'base64url');
  const signature = createHmac('sha256', key).update(input).digest('hex');
  return header(HEADERS.signature) === signature && header(HEADERS.token) === AGENT_ACCESS.token;
}

function rpcOf(body: Buffer): unknown {
  if (body.length === 0) return { jsonrpc: '2.0', id: 0, method: 'none' };
  return JSON.parse(body.toString()) as unknown;
}
