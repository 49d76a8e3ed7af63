/** Request headers of every call to an agent. */
export const HEADERS = {
  /** 256-bit bearer token, base64url. */
  token: 'x-agent-token',
  /** Milliseconds since 1970 on the sender's clock, decimal. */
  timestamp: 'x-myx-timestamp',
  /** 128 random bits, base64url; accepted once. */
  nonce: 'x-myx-nonce',
  /** SHA-256 of the body, hex; for an empty body the digest of no bytes. */
  bodyDigest: 'x-myx-content-sha256',
  /** HMAC-SHA256 (RFC 2104) of {@link signingInput} with the server's secret key, hex. */
  signature: 'x-myx-signature',
} as const;

/** What is signed of a request. */
export interface SignedRequest {
  /** Upper-case HTTP method. */
  readonly method: string;
  /** Path with query exactly as in the request line. */
  readonly path: string;
  readonly timestamp: string;
  readonly nonce: string;
  /** Lower-case hex SHA-256 of the body. */
  readonly bodyDigest: string;
}

/** The bytes to sign: the fields joined by line feeds after a version line. No field can hold one. */
export function signingInput(request: SignedRequest): string {
  return [
    'myx-request-v1',
    request.method,
    request.path,
    request.timestamp,
    request.nonce,
    request.bodyDigest,
  ].join('\n');
}
