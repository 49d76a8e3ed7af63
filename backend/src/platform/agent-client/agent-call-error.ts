import type { RpcErrorName } from '@myx/protocol';

/**
 * Which layer of a call to an agent failed, from the bottom up. `token` is the agent's gate: the same
 * 404 for a wrong path, token, signature, timestamp or nonce.
 */
export type AgentCallLayer = 'dns' | 'tcp' | 'tls' | 'certificate_pin' | 'token' | 'rpc';

/** What failed, as facts. */
export interface AgentCallFailure {
  readonly layer: AgentCallLayer;
  /** Stable snake_case name of the cause within the layer. */
  readonly code: string;
  /** True when the same call may succeed a moment later. */
  readonly retryable: boolean;
  /** The error the agent answered with, when it answered with one this version knows. */
  readonly rpcError?: RpcErrorName;
  /**
   * True when the agent cannot have acted on the call: no request byte was sent, or it was refused
   * before it was dispatched.
   */
  readonly notDelivered: boolean;
}

/** A call to an agent failed. The message says what to check; it never carries a secret. */
export class AgentCallError extends Error {
  override readonly name = 'AgentCallError';
  readonly layer: AgentCallLayer;
  readonly code: string;
  readonly retryable: boolean;
  readonly rpcError?: RpcErrorName;
  readonly notDelivered: boolean;

  constructor(message: string, failure: AgentCallFailure, options?: ErrorOptions) {
    super(message, options);
    this.layer = failure.layer;
    this.code = failure.code;
    this.retryable = failure.retryable;
    this.notDelivered = failure.notDelivered;
    if (failure.rpcError !== undefined) this.rpcError = failure.rpcError;
  }
}

/** How far a connection got before it failed. An address needs no resolving. */
export type ConnectPhase = 'resolving' | 'connecting' | 'handshaking' | 'established';

interface Cause {
  readonly layer: AgentCallLayer;
  readonly code: string;
  readonly retryable: boolean;
  readonly advice: string;
}

const RESOLVER_UNAVAILABLE: Cause = {
  layer: 'dns',
  code: 'resolver_unavailable',
  retryable: true,
  advice: 'the name server did not answer; check the manager’s DNS',
};

const SYSTEM_CAUSES: Readonly<Record<string, Cause>> = {
  ENOTFOUND: {
    layer: 'dns',
    code: 'name_not_found',
    retryable: true,
    advice: 'the host name does not resolve; correct the host or its DNS record',
  },
  EAI_AGAIN: RESOLVER_UNAVAILABLE,
  ECONNREFUSED: {
    layer: 'tcp',
    code: 'connection_refused',
    retryable: true,
    advice: 'nothing listens there: the agent is not running, or it uses another port',
  },
  ETIMEDOUT: {
    layer: 'tcp',
    code: 'connect_timeout',
    retryable: true,
    advice: 'no reply: a firewall drops the connection, or the host is down',
  },
  EHOSTUNREACH: {
    layer: 'tcp',
    code: 'host_unreachable',
    retryable: true,
    advice: 'there is no route to the host, or it is down',
  },
  ENETUNREACH: {
    layer: 'tcp',
    code: 'network_unreachable',
    retryable: true,
    advice: 'the manager has no route to this network',
  },
};

const TLS_CAUSES: Readonly<Record<string, Cause>> = {
  CERT_HAS_EXPIRED: {
    layer: 'tls',
    code: 'certificate_expired',
    retryable: false,
    advice: 'its certificate has expired, or a clock is wrong; repair the agent',
  },
  CERT_NOT_YET_VALID: {
    layer: 'tls',
    code: 'certificate_not_yet_valid',
    retryable: false,
    advice: 'its certificate is not valid yet: check the clocks of manager and server',
  },
};

/** Verification errors that mean: this is not the certificate that was pinned (see verify(1ssl)). */
const OTHER_CERTIFICATE = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'MYX_CERTIFICATE_CHANGED',
]);

const PIN_CHANGED: Cause = {
  layer: 'certificate_pin',
  code: 'certificate_changed',
  retryable: false,
  advice:
    'it presents another certificate than the pinned one; nothing was sent. Somebody may be in between, or the agent was reinstalled: check, then accept the new certificate',
};

/** Reads the `code` of a system or OpenSSL error. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Names the cause of a connection that was never established. */
export function connectFailure(
  target: string,
  error: unknown,
  phase: ConnectPhase,
): AgentCallError {
  const cause = connectCause(errorCode(error) ?? '', phase);
  return new AgentCallError(
    `${target}: ${cause.advice}`,
    { layer: cause.layer, code: cause.code, retryable: cause.retryable, notDelivered: true },
    { cause: error },
  );
}

function connectCause(code: string, phase: ConnectPhase): Cause {
  if (OTHER_CERTIFICATE.has(code)) return PIN_CHANGED;
  const known = TLS_CAUSES[code];
  if (known) return known;
  // Our own deadline passed before there was an address to connect to.
  if (phase === 'resolving' && code === 'ETIMEDOUT') return RESOLVER_UNAVAILABLE;
  if (phase === 'resolving' || phase === 'connecting') {
    return (
      SYSTEM_CAUSES[code] ?? {
        layer: 'tcp',
        code: 'connection_failed',
        retryable: true,
        advice: `the connection failed${code === '' ? '' : ` (${code})`}`,
      }
    );
  }
  return tlsCause(code);
}

function tlsCause(code: string): Cause {
  if (isCertificateAlert(code)) return CLIENT_CERTIFICATE_REFUSED;
  if (code === 'ETIMEDOUT') {
    return {
      layer: 'tls',
      code: 'handshake_timeout',
      retryable: true,
      advice: 'the port is open but the TLS handshake does not finish; is it the agent’s port?',
    };
  }
  return {
    layer: 'tls',
    code: 'handshake_failed',
    retryable: true,
    advice: `the TLS handshake failed${code === '' ? '' : ` (${code})`}: the port may belong to another program, or the agent turned the connection away (address not allowed, too many connections)`,
  };
}

const CLIENT_CERTIFICATE_REFUSED: Cause = {
  layer: 'tls',
  code: 'client_certificate_refused',
  retryable: true,
  advice:
    'the agent refused the manager’s certificate: it belongs to another manager, or this manager’s CA was replaced; repair the agent',
};

/** Alerts of RFC 8446, section 6.2, that speak of our certificate. */
function isCertificateAlert(code: string): boolean {
  return /^ERR_SSL_.*ALERT_(.*CERTIFICATE.*|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)$/.test(code);
}

/**
 * Names the cause of a request that failed on an established connection. In TLS 1.3 a server verifies the
 * client's certificate after the client has finished its handshake, so a refusal arrives as an alert on,
 * or as the end of, an established connection. `hasAnswered` tells whether the agent has ever answered
 * this client.
 */
export function requestFailure(
  target: string,
  error: unknown,
  hasAnswered: boolean,
): AgentCallError {
  if (error instanceof AgentCallError) return error;
  const cause = requestCause(errorCode(error) ?? '', hasAnswered);
  return new AgentCallError(
    `${target}: ${cause.advice}`,
    {
      layer: cause.layer,
      code: cause.code,
      retryable: cause.retryable,
      notDelivered: cause === CLIENT_CERTIFICATE_REFUSED,
    },
    { cause: error },
  );
}

function requestCause(code: string, hasAnswered: boolean): Cause {
  if (code.startsWith('ERR_SSL_')) return tlsCause(code);
  return hasAnswered ? CONNECTION_LOST : CLOSED_AFTER_HANDSHAKE;
}

const CONNECTION_LOST: Cause = {
  layer: 'rpc',
  code: 'connection_lost',
  retryable: true,
  advice:
    'the connection closed before the answer was complete: the agent is restarting, or the network broke',
};

const CLOSED_AFTER_HANDSHAKE: Cause = {
  layer: 'tls',
  code: 'closed_after_handshake',
  retryable: true,
  advice:
    'the agent closed the connection right after the TLS handshake: it does not accept this manager’s certificate (it belongs to another manager, or this manager’s CA was replaced), or it has too many connections; repair the agent',
};

/** Code of a call that ended because the manager closed the client it was made with. */
export const CONNECTION_REPLACED = 'connection_replaced';

/** The client was closed while it was in use. It says nothing about the agent; a new client may be asked. */
export function replacedFailure(target: string, cause: unknown): AgentCallError {
  return new AgentCallError(
    `${target}: the manager gave this connection up, because it stops or the agent has another address or identity now`,
    { layer: 'rpc', code: CONNECTION_REPLACED, retryable: true, notDelivered: false },
    { cause },
  );
}

/** No complete answer within the deadline of the attempt. */
export function deadlineFailure(target: string, timeoutMs: number): AgentCallError {
  return new AgentCallError(`${target}: no complete answer within ${timeoutMs / 1000} s`, {
    layer: 'rpc',
    code: 'timeout',
    retryable: true,
    notDelivered: false,
  });
}
