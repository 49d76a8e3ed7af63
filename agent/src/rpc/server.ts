import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Server as TlsServer, TLSSocket } from 'node:tls';
import type { AgentConfig } from '@myx/protocol';
import { LIMITS } from '@myx/protocol';
import type { KeyPair } from '../certificate/key-pair.ts';
import { codeOf, log, messageOf } from '../log.ts';
import { AllowedAddresses } from './allowed-addresses.ts';
import { Connections, HANDSHAKE_MS } from './connections.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Admitted, Gate } from './gate.ts';
import { BodyTooLarge, readBody } from './request-body.ts';
import { respond, respondNotFound } from './responses.ts';

/** Serves one admitted request that is not JSON-RPC. */
export type ResourceHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  admitted: Admitted,
) => Promise<void>;

/** What a server needs. */
export interface RpcServerOptions {
  readonly config: AgentConfig;
  readonly keyPair: KeyPair;
  readonly gate: Gate;
  readonly dispatcher: Dispatcher;
  readonly events: ResourceHandler;
  readonly files: ResourceHandler;
}

/**
 * The agent's only door: TLS 1.3 with a client certificate of the installation's CA (purpose clientAuth,
 * RFC 5280 section 4.2.1.12, checked by the TLS library), then the gate, then the resource.
 *
 * The layers are three servers on one another: TCP (counts, addresses, time limits), TLS, HTTP.
 */
export class RpcServer {
  readonly connections: Connections;
  readonly #options: RpcServerOptions;
  readonly #http: HttpServer;
  readonly #tls: TlsServer;
  readonly #tcp: TcpServer;

  constructor(options: RpcServerOptions) {
    const { config, keyPair } = options;
    this.#options = options;
    this.connections = new Connections(new AllowedAddresses(config.allowed_ips));
    this.#http = createHttpServer({ keepAlive: true, noDelay: true }, (request, response) => {
      void this.#handle(request, response);
    });
    this.#http.on('clientError', (_error, socket) => socket.destroy());
    this.#tls = createTlsServer({
      key: keyPair.key,
      cert: keyPair.certificate,
      ca: config.ca,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
      handshakeTimeout: HANDSHAKE_MS,
    });
    this.#tls.on('secureConnection', (socket) => {
      this.#secured(socket);
    });
    // Scanners end here. They learn nothing and are not worth a log line each.
    this.#tls.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#tcp = createTcpServer({ noDelay: true, keepAlive: true }, (socket) => {
      this.#connected(socket);
    });
  }

  /**
   * Listens where the configuration says: on its address, else on all of IPv6 and IPv4, or on all of
   * IPv4 where the kernel has no IPv6.
   */
  async listen(): Promise<AddressInfo> {
    const { rpc_port: port, listen: host } = this.#options.config;
    if (host !== undefined) return this.#listenOn(host, port);
    try {
      return await this.#listenOn('::', port);
    } catch (error) {
      // EAFNOSUPPORT: no IPv6 in the kernel. EADDRNOTAVAIL: switched off by sysctl.
      if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error) ?? '')) throw error;
      return this.#listenOn('0.0.0.0', port);
    }
  }

  /** Stops listening and ends all connections. */
  close(): void {
    this.#tcp.close();
    this.connections.closeAll();
  }

  #listenOn(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#tcp.once('error', reject);
      this.#tcp.listen({ host, port }, () => {
        this.#tcp.removeListener('error', reject);
        resolve(this.#tcp.address() as AddressInfo);
      });
    });
  }

  #connected(socket: Socket): void {
    // A reset by the peer is no event; 'close' follows and does the rest.
    socket.on('error', () => undefined);
    if (this.connections.accept(socket)) this.#tls.emit('connection', socket);
  }

  #secured(socket: TLSSocket): void {
    socket.on('error', () => undefined);
    if (!socket.authorized) {
      socket.destroy();
      return;
    }
    this.connections.secured(socket);
    if (socket.destroyed) return;
    this.#http.emit('connection', socket);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    this.connections.requestStarted(socket);
    response.once('close', () => {
      this.connections.answered(socket);
    });
    try {
      await this.#route(request, response);
    } catch (error) {
      if (error instanceof BodyTooLarge) respond(response, 413, { error: 'body too large' });
      else {
        log('warn', 'request failed', { error: messageOf(error) });
        response.destroy();
      }
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers, socket } = request;
    const address = socket.remoteAddress ?? '';
    const admitted = this.#options.gate.admit({ method, url, headers, address });
    if (admitted === undefined) {
      respondNotFound(response);
      return;
    }
    if (admitted.resource === 'rpc') {
      await this.#answerRpc(request, response, admitted);
      return;
    }
    this.connections.requestReceived(socket);
    await this.#options[admitted.resource](request, response, admitted);
  }

  async #answerRpc(
    request: IncomingMessage,
    response: ServerResponse,
    admitted: Admitted,
  ): Promise<void> {
    const { body, digest } = await readBody(request, LIMITS.requestBodyBytes);
    this.connections.requestReceived(request.socket);
    if (digest !== admitted.bodyDigest) {
      this.#options.gate.backoff.failed(request.socket.remoteAddress ?? '');
      respondNotFound(response);
      return;
    }
    if (!/^application\/json(;|$)/i.test(request.headers['content-type'] ?? '')) {
      respond(response, 415, { error: 'content-type must be application/json' });
      return;
    }
    const answer = Buffer.from(await this.#options.dispatcher.answer(body), 'utf8');
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': answer.length,
      'cache-control': 'no-store',
    });
    response.end(answer);
  }
}
