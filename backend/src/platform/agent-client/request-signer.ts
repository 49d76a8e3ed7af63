import { createHash, createHmac, randomBytes } from 'node:crypto';
import { HEADERS, signingInput } from '@myx/protocol';
import type { AgentEndpoint } from './agent-endpoint.js';

/** The parts of a request that are signed, apart from what the signer adds. */
export interface UnsignedRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path with query as it goes into the request line. */
  readonly path: string;
  /** SHA-256 of the body, lower-case hex. */
  readonly bodyDigest: string;
}

/** SHA-256 of a body, as requests carry it. */
export function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

/**
 * Headers that prove a request to an agent: the token, and an HMAC-SHA256 (RFC 2104) over method, path,
 * time, nonce and body digest. `now` is in milliseconds on the agent's clock as far as it is known.
 */
export function signedHeaders(
  endpoint: Pick<AgentEndpoint, 'token' | 'secretKey'>,
  request: UnsignedRequest,
  now: number,
): Record<string, string> {
  const timestamp = String(Math.round(now));
  const nonce = randomBytes(16).toString('base64url');
  const { method, path, bodyDigest } = request;
  const signature = createHmac('sha256', Buffer.from(endpoint.secretKey.reveal(), 'base64url'))
    .update(signingInput({ method, path, timestamp, nonce, bodyDigest }))
    .digest('hex');
  return {
    [HEADERS.token]: endpoint.token.reveal(),
    [HEADERS.timestamp]: timestamp,
    [HEADERS.nonce]: nonce,
    [HEADERS.bodyDigest]: bodyDigest,
    [HEADERS.signature]: signature,
  };
}
