import type { ServerResponse } from 'node:http';

const NOT_FOUND = Buffer.from('{"error":"not found"}\n', 'latin1');

/**
 * The one answer to everything the gate refuses: same status, same headers, same body. The connection
 * is closed, so a body that was not read is never taken for a request.
 */
export function respondNotFound(response: ServerResponse): void {
  writeAndClose(response, 404, NOT_FOUND);
}

/** Answers an admitted request that cannot be served; the connection is closed. */
export function respond(response: ServerResponse, status: number, body: object): void {
  writeAndClose(response, status, Buffer.from(`${JSON.stringify(body)}\n`, 'utf8'));
}

function writeAndClose(response: ServerResponse, status: number, body: Buffer): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(body);
}
