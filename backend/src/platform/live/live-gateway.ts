import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { LOGGER } from '../logging/index.js';
import { LiveAuthenticator } from './live-authenticator.js';
import type { LiveSession } from './live-authenticator.js';
import { LiveBus } from './live-bus.js';
import { LiveConnection } from './live-connection.js';
import { CLOSE } from './live-messages.js';
import { LiveTopics } from './live-topics.js';

/** Where live connections are opened. */
export const LIVE_PATH = '/api/v1/live';

/** How long a client may take to say who it is, milliseconds. */
const AUTH_MS = 5_000;
const PING_MS = 30_000;
const RENEW_MS = 60_000;

/** Largest message of a client, bytes. */
const MESSAGE_BYTES = 16 * 1024;

/** Connections at the same time; a browser opens one. */
const MAX_CONNECTIONS = 1_000;

/**
 * The WebSocket (RFC 6455) on which browsers and programs follow what happens. It is open to our own
 * pages by their cookie, and to programs by an API token; another site's page is refused before the
 * upgrade.
 */
@Injectable()
export class LiveGateway implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  private readonly connections = new Set<LiveConnection>();
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly authenticator: LiveAuthenticator,
    private readonly topics: LiveTopics,
    private readonly liveBus: LiveBus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      void this.upgrade(request, socket, head);
    };
    server.on('upgrade', onUpgrade);
    const pings = setInterval(() => {
      for (const connection of this.connections) connection.ping();
    }, PING_MS);
    const renewals = setInterval(() => void this.renewAll(), RENEW_MS);
    this.stops.push(
      this.liveBus.subscribe((message) => {
        for (const connection of this.connections) connection.publish(message);
      }),
      this.liveBus.onMissed(() => {
        for (const connection of this.connections) connection.close(CLOSE.missed);
      }),
      () => server.off('upgrade', onUpgrade),
      () => {
        clearInterval(pings);
        clearInterval(renewals);
      },
    );
  }

  beforeApplicationShutdown(): void {
    for (const stop of this.stops) stop();
    for (const connection of this.connections) connection.close(CLOSE.goingAway);
    this.sockets.close();
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const drop = (): void => {
      socket.destroy();
    };
    socket.on('error', drop);
    try {
      const { pathname } = new URL(request.url ?? '/', 'http://manager');
      const source = this.authenticator.sourceOf(request);
      if (pathname !== LIVE_PATH) refuse(socket, '404 Not Found');
      else if (source === 'cross_origin') refuse(socket, '403 Forbidden');
      else if (this.connections.size >= MAX_CONNECTIONS) refuse(socket, '503 Service Unavailable');
      else await this.accept(request, socket, head, source === 'same_origin');
    } catch (error) {
      // The database is away, or the request line is none: the client tries again later.
      this.logger.warn({ err: error }, 'live connection not accepted');
      socket.destroy();
    } finally {
      socket.off('error', drop);
    }
  }

  /** A cookie counts only when our own page sent it along; a program sends a token. */
  private async accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    isOwnPage: boolean,
  ): Promise<void> {
    const mayUseHeaders = isOwnPage || request.headers.authorization !== undefined;
    const session = mayUseHeaders ? await this.authenticator.fromRequest(request) : null;
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.add(request, webSocket, session);
    });
  }

  private add(request: IncomingMessage, socket: WebSocket, session: LiveSession | null): void {
    const connection = new LiveConnection({
      socket,
      session,
      topics: this.topics,
      authenticate: (token) => this.authenticator.fromToken(token, request),
    });
    this.connections.add(connection);
    const authDeadline = setTimeout(() => {
      if (!connection.isAuthenticated) connection.close(CLOSE.unauthenticated);
    }, AUTH_MS);
    socket.on('error', (error) => {
      this.logger.debug({ err: error }, 'live connection failed');
      socket.terminate();
    });
    socket.on('close', () => {
      clearTimeout(authDeadline);
      this.connections.delete(connection);
    });
  }

  private async renewAll(): Promise<void> {
    for (const connection of this.connections) {
      try {
        await connection.renew();
      } catch (error) {
        // Not knowing whether the session is valid means that it is not.
        this.logger.warn({ err: error }, 'live session not renewed');
        connection.close(CLOSE.unauthenticated);
      }
    }
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
