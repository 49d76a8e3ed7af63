import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { TcpNetConnectOpts } from 'node:net';
import { connect as tlsConnect, createSecureContext } from 'node:tls';
import type { ConnectionOptions, PeerCertificate, SecureContext, TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import { connectFailure } from './agent-call-error.js';
import type { ConnectPhase } from './agent-call-error.js';
import { hostAndPort, normaliseFingerprint } from './agent-endpoint.js';
import type { AgentEndpoint, ClientCertificate } from './agent-endpoint.js';

/** How long an IPv6 or IPv4 attempt may take before the other family is tried (RFC 8305). */
const FAMILY_ATTEMPT_MS = 2_000;

/** What a connector needs. */
export interface PinnedConnectorOptions {
  readonly endpoint: Pick<AgentEndpoint, 'host' | 'port' | 'certificate'>;
  readonly clientCertificate: ClientCertificate;
  /** Name lookup, TCP and TLS together, milliseconds. */
  readonly connectTimeoutMs: number;
}

/**
 * Makes the connector of a pool: TLS 1.3 with our client certificate, to exactly the pinned
 * certificate. Trust rests on three checks, each sufficient: the pinned certificate is the only trust
 * anchor, `checkServerIdentity` compares fingerprints, and so does the handler of `secureConnect`,
 * before the socket is handed out. No session is ever offered for resumption, since Node calls
 * `checkServerIdentity` on full handshakes only.
 */
export function pinnedConnector(options: PinnedConnectorOptions): buildConnector.connector {
  const { endpoint, clientCertificate } = options;
  const context = createSecureContext({
    ca: [endpoint.certificate.pem],
    cert: clientCertificate.certificate,
    key: clientCertificate.key.reveal(),
    minVersion: 'TLSv1.3',
    allowPartialTrustChain: true,
  });
  return (_request, callback) => {
    openSocket(options, context, callback);
  };
}

function openSocket(
  { endpoint, connectTimeoutMs }: PinnedConnectorOptions,
  context: SecureContext,
  callback: buildConnector.Callback,
): void {
  const target = hostAndPort(endpoint.host, endpoint.port);
  const pin = normaliseFingerprint(endpoint.certificate.fingerprint);
  let phase: ConnectPhase = isIP(endpoint.host) === 0 ? 'resolving' : 'connecting';
  const connection: ConnectionOptions & TcpNetConnectOpts = {
    host: endpoint.host,
    port: endpoint.port,
    secureContext: context,
    servername: isIP(endpoint.host) === 0 ? endpoint.host : '',
    ALPNProtocols: ['http/1.1'],
    autoSelectFamilyAttemptTimeout: FAMILY_ATTEMPT_MS,
    checkServerIdentity: (_host, certificate) => identityError(certificate, pin),
  };
  const socket = tlsConnect(connection);
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error('connect timeout'), { code: 'ETIMEDOUT' }));
  }, connectTimeoutMs);
  const settle = (error: Error | null): void => {
    clearTimeout(timer);
    socket.off('error', settle);
    if (error) callback(connectFailure(target, error, phase), null);
    else callback(null, socket);
  };
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  socket.once('lookup', () => {
    phase = 'connecting';
  });
  socket.once('connect', () => {
    phase = 'handshaking';
  });
  socket.once('error', settle);
  socket.once('secureConnect', () => {
    const error = socketError(socket, pin);
    if (error) {
      socket.destroy(error);
      return;
    }
    phase = 'established';
    settle(null);
  });
}

function identityError(certificate: PeerCertificate, pin: string): Error | undefined {
  return normaliseFingerprint(certificate.fingerprint256) === pin ? undefined : changed();
}

function socketError(socket: TLSSocket, pin: string): Error | undefined {
  const peer = socket.getPeerX509Certificate();
  if (peer === undefined || socket.isSessionReused()) return changed();
  return createHash('sha256').update(peer.raw).digest('hex') === pin ? undefined : changed();
}

function changed(): Error {
  return Object.assign(new Error('the certificate is not the pinned one'), {
    code: 'MYX_CERTIFICATE_CHANGED',
  });
}
