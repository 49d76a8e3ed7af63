import { createServer as createHttpServer } from 'node:http';
import { request } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TestCertificate } from './test-certificates.ts';

/** Something that listens on a port of this machine. */
export interface LocalService {
  readonly port: number;
  close(): Promise<void>;
}

/** A web site of one page, over plain HTTP; on the loopback address unless told otherwise. */
export async function servePage(text: string, host?: string): Promise<LocalService> {
  return listening(
    createHttpServer((_request, response) => {
      response.end(text);
    }),
    host,
  );
}

/** A TLS 1.3 site with HTTP/2, such as REALITY hides behind. */
export async function serveTlsSite(
  certificate: TestCertificate,
  host?: string,
): Promise<LocalService> {
  return listening(
    createTlsServer(
      { ...pair(certificate), minVersion: 'TLSv1.3', ALPNProtocols: ['h2', 'http/1.1'] },
      (socket) => {
        socket.on('error', () => undefined);
        socket.resume();
      },
    ),
    host,
  );
}

/** Fetches a plain HTTP page through an HTTP proxy on the loopback address. */
export function fetchThrough(proxyPort: number, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ host: '127.0.0.1', port: proxyPort, path: url, agent: false },
        headers: { host: new URL(url).host },
        signal: AbortSignal.timeout(20_000),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`the proxy answered ${String(response.statusCode)}`));
        });
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

function pair({ certificate, key }: TestCertificate): { cert: string; key: string } {
  return { cert: certificate, key };
}

async function listening(server: Server, host = '127.0.0.1'): Promise<LocalService> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}
