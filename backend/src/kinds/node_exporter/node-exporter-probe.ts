import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { ProbeTarget } from '../../deployments/index.js';
import { StepFailure } from '../../operations/index.js';
import type { StepContext } from '../../operations/index.js';
import type { NodeExporterConfig } from './node-exporter-config.js';

/** How often an exporter is asked that does not answer at once. */
const TRIES = 5;

const PAUSE_MS = 1_000;

const ANSWER_MS = 10_000;

/** Metrics are read up to here, bytes. */
const READ_BYTES = 64 * 1024;

/** What every node exporter tells of itself. */
const PROOF = 'node_exporter_build_info';

/** Fetches the metrics as Prometheus would. @throws StepFailure */
export async function probeNodeExporter(
  context: StepContext<unknown>,
  { config, serverHost }: ProbeTarget<NodeExporterConfig>,
): Promise<void> {
  const host = outsideHost(config, serverHost);
  if (host === null || !config.probe_from_manager) {
    context.log('not looked at from the manager, as configured');
    return;
  }
  let reason = '';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    context.signal.throwIfAborted();
    try {
      await fetchMetrics(config, host, context.signal);
      context.log(`the metrics come from port ${config.port} of ${host}`);
      return;
    } catch (error) {
      context.signal.throwIfAborted();
      reason = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new StepFailure(
    'probe',
    'metrics_unreachable',
    `The service runs, but its metrics cannot be fetched from the manager: ${reason}. Is a firewall in between?`,
  );
}

/** The address to ask from outside; null when the exporter listens for the server itself only. */
function outsideHost({ address }: NodeExporterConfig, serverHost: string): string | null {
  if (address === '::1' || address.startsWith('127.')) return null;
  return address === '0.0.0.0' || address === '::' ? serverHost : address;
}

async function fetchMetrics(
  config: NodeExporterConfig,
  host: string,
  signal: AbortSignal,
): Promise<void> {
  const [login] = config.basic_auth;
  const options = {
    host,
    port: config.port,
    path: '/metrics',
    agent: false,
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    ...(login && { auth: `${login.username}:${login.password}` }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request =
      config.tls.mode === 'off'
        ? httpRequest(options, resolve)
        : httpsRequest({ ...options, ...trust(config.tls.certificate, host) }, resolve);
    request.on('error', reject).end();
  });
  const text = await head(response);
  if (response.statusCode !== 200) throw new Error(`it answers ${String(response.statusCode)}`);
  if (!text.includes(PROOF)) throw new Error('what answers is not a node exporter');
}

/** Exactly the configured certificate is trusted, whatever its names are. */
function trust(certificate: string, host: string): object {
  return {
    ca: certificate,
    allowPartialTrustChain: true,
    servername: isIP(host) === 0 ? host : '',
    checkServerIdentity: () => undefined,
  };
}

async function head(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) {
    text += (chunk as Buffer).toString('latin1');
    if (text.length > READ_BYTES * 16 || text.includes(PROOF)) break;
  }
  response.destroy();
  return text;
}
