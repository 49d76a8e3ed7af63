import { connect as connectTcp, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { StepFailure } from '../../operations/index.js';
import type { StepContext } from '../../operations/index.js';
import type { ProbeTarget } from '../../deployments/index.js';
import type { XrayConfig } from './xray-config.schema.js';
import { isBehindCaddy, listenAddressOf } from './xray-inbound.schema.js';
import type { XrayInbound } from './xray-inbound.schema.js';

const ATTEMPTS = 4;
const PAUSE_MS = 1_000;
const TIMEOUT_MS = 8_000;

/** What verifying a certificate finds fault with: then a site has answered all the same. */
const CERTIFICATE_PROBLEM =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_ALTNAME|INVALID_CA|HOSTNAME_MISMATCH)/;

/** How an inbound answers the manager; null when it answers. */
type Silence = { readonly layer: 'tcp' | 'tls'; readonly reason: string } | null;

/**
 * Looks at every public inbound from the manager. A port must take connections; REALITY must show its
 * target's site to whoever is no client. The canary on the server has shown that clients get through.
 *
 * @throws StepFailure naming the inbound and what came instead of an answer.
 */
export async function probeXray(
  context: StepContext<unknown>,
  { config, serverHost }: Pick<ProbeTarget<XrayConfig>, 'config' | 'serverHost'>,
): Promise<void> {
  for (const inbound of config.inbounds) {
    if (isBehindCaddy(inbound) || isLoopback(listenAddressOf(inbound))) {
      context.log(`inbound ${inbound.tag} is not public: not asked from the manager`);
      continue;
    }
    const silence = await patiently(context, () => ask(context, inbound, serverHost));
    const place = `${serverHost} port ${String(inbound.port)}`;
    if (silence) throw failure(inbound, place, silence);
    context.log(`inbound ${inbound.tag} answers the manager on ${place}`);
  }
}

async function patiently(
  { signal }: StepContext<unknown>,
  attempt: () => Promise<Silence>,
): Promise<Silence> {
  for (let attempts = 1; ; attempts += 1) {
    const silence = await attempt();
    signal.throwIfAborted();
    if (silence === null || attempts === ATTEMPTS) return silence;
    await pause(PAUSE_MS, undefined, { signal });
  }
}

function ask(context: StepContext<unknown>, inbound: XrayInbound, host: string): Promise<Silence> {
  return new Promise((resolve) => {
    let isConnected = false;
    const { socket, established } = dial(inbound, host);
    const done = (silence: Silence): void => {
      clearTimeout(timer);
      context.signal.removeEventListener('abort', stop);
      socket.on('error', () => socket.destroy());
      socket.destroy();
      resolve(silence);
    };
    const layer = (): 'tcp' | 'tls' => (isConnected ? 'tls' : 'tcp');
    const stop = (): void => {
      done({ layer: layer(), reason: 'no answer in time' });
    };
    const timer = setTimeout(stop, TIMEOUT_MS);
    context.signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => (isConnected = true));
    socket.once(established, () => {
      done(null);
    });
    socket.once('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
      done(CERTIFICATE_PROBLEM.test(code) ? null : { layer: layer(), reason: error.message });
    });
    socket.once('close', () => {
      done({ layer: layer(), reason: 'the connection was closed' });
    });
  });
}

/** Not one byte follows the handshake: whether the certificate can be trusted is the visitor's matter. */
function dial(inbound: XrayInbound, host: string): { socket: Socket; established: string } {
  const { port } = inbound;
  if (inbound.type !== 'vless_reality') {
    return { socket: connectTcp({ host, port }), established: 'connect' };
  }
  const name = inbound.server_names[0] ?? '';
  const servername = isIP(name) === 0 ? name : '';
  return { socket: connectTls({ host, port, servername }), established: 'secureConnect' };
}

function failure(inbound: XrayInbound, place: string, { layer, reason }: NonNullable<Silence>) {
  if (layer === 'tls' && inbound.type === 'vless_reality') {
    return new StepFailure(
      'tls',
      'xray_target_unseen',
      `${place} takes connections but does not show the site of ${inbound.target} (${reason}). Choose another camouflage target: the scan of targets helps.`,
    );
  }
  return new StepFailure(
    'tcp',
    'xray_unreachable',
    `The manager cannot reach inbound “${inbound.tag}” on ${place}: ${reason}. Look at firewalls and port forwardings between the two.`,
  );
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
