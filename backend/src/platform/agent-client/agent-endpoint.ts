import type { Secret } from '../crypto/secret.js';

/** Where an agent is and how the manager and the agent prove themselves to each other. */
export interface AgentEndpoint {
  /** Host name or address. */
  readonly host: string;
  readonly port: number;
  /** First path segment, without slashes. */
  readonly path: string;
  readonly token: Secret;
  /** Key of the request signatures, base64url of 256 bits. */
  readonly secretKey: Secret;
  /** The pinned certificate. */
  readonly certificate: PinnedCertificate;
}

/** A certificate accepted once, by a person or over a verified SSH session. */
export interface PinnedCertificate {
  readonly pem: string;
  /** SHA-256 over the DER bytes, see {@link normaliseFingerprint}. */
  readonly fingerprint: string;
}

/** The manager's certificate of the installation's CA. */
export interface ClientCertificate {
  /** PEM chain. */
  readonly certificate: string;
  /** PEM private key. */
  readonly key: Secret;
}

/** Lower-case hex without separators: the form in which fingerprints are stored and compared. */
export function normaliseFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

/** `host:port` for messages, with brackets around an IPv6 address (RFC 3986, section 3.2.2). */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
