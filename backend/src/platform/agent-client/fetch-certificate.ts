import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { AgentCallError, connectFailure } from './agent-call-error.js';
import type { ConnectPhase } from './agent-call-error.js';
import { hostAndPort, normaliseFingerprint } from './agent-endpoint.js';
import type { ClientCertificate, PinnedCertificate } from './agent-endpoint.js';

/** Which certificate to look at. */
export interface FetchCertificateOptions {
  readonly host: string;
  readonly port: number;
  readonly clientCertificate: ClientCertificate;
  /** SHA-256 fingerprint the certificate must have. */
  readonly expectedFingerprint?: string;
  readonly timeoutMs: number;
}

/**
 * Reads the certificate that is presented at an address, without trusting it: not one byte is sent
 * beyond the handshake, the connection is closed at once, and nothing the peer says is used but its
 * certificate. It is for showing to a person, or for comparing with a fingerprint that is known.
 *
 * @throws AgentCallError naming the layer; `certificate_changed` when it is not the expected one.
 */
export async function fetchCertificate(
  options: FetchCertificateOptions,
): Promise<PinnedCertificate> {
  const target = hostAndPort(options.host, options.port);
  const certificate = await presentedCertificate(options, target);
  const fingerprint = normaliseFingerprint(certificate.fingerprint256);
  const { expectedFingerprint } = options;
  if (
    expectedFingerprint !== undefined &&
    normaliseFingerprint(expectedFingerprint) !== fingerprint
  ) {
    throw new AgentCallError(
      `${target}: it presents a certificate with fingerprint ${fingerprint}, not the expected one; nothing was sent`,
      {
        layer: 'certificate_pin',
        code: 'certificate_changed',
        retryable: false,
        notDelivered: true,
      },
    );
  }
  return { fingerprint, pem: certificate.toString() };
}

function presentedCertificate(
  options: FetchCertificateOptions,
  target: string,
): Promise<X509Certificate> {
  const { host, port, clientCertificate, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    let phase: ConnectPhase = isIP(host) === 0 ? 'resolving' : 'connecting';
    const socket = tlsConnect({
      host,
      port,
      servername: isIP(host) === 0 ? host : '',
      cert: clientCertificate.certificate,
      key: clientCertificate.key.reveal(),
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false,
    });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    socket.once('lookup', () => {
      phase = 'connecting';
    });
    socket.once('connect', () => {
      phase = 'handshaking';
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(connectFailure(target, error, phase));
    });
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      const certificate = takeCertificate(socket);
      if (certificate) resolve(certificate);
      else reject(connectFailure(target, new Error('no certificate'), phase));
    });
  });
}

/** Copies the certificate, then cuts the connection: an error that follows has nobody to tell. */
function takeCertificate(socket: TLSSocket): X509Certificate | undefined {
  const raw = socket.getPeerX509Certificate()?.raw;
  socket.on('error', () => socket.destroy());
  socket.destroy();
  return raw && new X509Certificate(raw);
}
