import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StepFailure } from '../../operations/index.js';
import type { StepContext } from '../../operations/index.js';
import type { ProbeHost, ProbeTarget } from '../../deployments/index.js';
import { checksOf } from './caddy-checks.js';
import type { SiteCheck } from './caddy-checks.js';
import type { CaddyConfig } from './caddy-config.js';
import { CADDY_PATHS } from './caddy-paths.js';
import { askSite } from './caddy-probe.js';
import type { SiteAnswer, Trust } from './caddy-probe.js';

/** How often and how long each site is asked; a firewall that drops packets takes all of it. */
const PATIENCE = { attempts: 4, pauseMs: 750, timeoutMs: 4000 } as const;

/**
 * Asks every site from the manager, as its visitors do.
 *
 * @throws StepFailure naming the site and what came instead of an answer.
 */
export async function probeCaddy(
  context: StepContext<unknown>,
  host: ProbeHost,
  target: ProbeTarget<CaddyConfig>,
): Promise<void> {
  const { config, serverHost } = target;
  if (!config.outside_check) {
    context.log('The sites are not asked from the manager: the configuration says so.');
    return;
  }
  const trusts = await trustOf(config, context, host);
  const pending = checksOf(config).checks.map((check) => ({ check, trust: trusts(check) }));
  for (let first = 0; first < pending.length; first += 5) {
    const some = pending.slice(first, first + 5);
    const answers = await Promise.all(
      some.map(({ check, trust }) => patientAnswer(context, check, serverHost, trust)),
    );
    for (const [index, { check }] of some.entries()) {
      judge(context, check, answers[index], serverHost);
    }
  }
}

/** Asks again for a while: the certificate of a new name takes a moment, also an internal one. */
async function patientAnswer(
  context: StepContext<unknown>,
  check: SiteCheck,
  serverHost: string,
  trust: Trust,
): Promise<SiteAnswer> {
  const options = { signal: context.signal, timeoutMs: PATIENCE.timeoutMs };
  for (let attempt = 1; ; attempt += 1) {
    const answer = await askSite(check, serverHost, trust, options);
    context.signal.throwIfAborted();
    if (answer.kind === 'answered' || attempt === PATIENCE.attempts) return answer;
    await sleep(PATIENCE.pauseMs, undefined, { signal: context.signal });
  }
}

function judge(
  context: StepContext<unknown>,
  check: SiteCheck,
  answer: SiteAnswer | undefined,
  serverHost: string,
): void {
  const place = `${check.url} (${serverHost}, port ${check.port})`;
  if (answer === undefined) return;
  if (answer.kind === 'silent') {
    throw new StepFailure(
      'network',
      'caddy_unreachable',
      `The manager gets no answer from ${place}: ${answer.reason}. Look at firewalls between the two, or switch the check from outside off.`,
    );
  }
  if (answer.kind === 'untrusted') {
    if (check.tls !== 'automatic') {
      throw new StepFailure(
        'tls',
        'caddy_certificate',
        `${place} has a wrong certificate: ${answer.reason}.`,
      );
    }
    context.log(
      `${place}: no certificate yet (${answer.reason}). Caddy goes on trying to get one.`,
      'warning',
    );
    return;
  }
  const { status } = answer;
  if (check.status !== null ? status === check.status : status < 500) {
    context.log(`${place} answers with status ${status}.`);
  } else if (check.status === null && check.proxied && [502, 503, 504].includes(status)) {
    context.log(
      `${place} answers with status ${status}: what is behind it does not answer.`,
      'warning',
    );
  } else {
    const wanted = check.status === null ? '' : ` instead of ${check.status}`;
    throw new StepFailure(
      'http',
      'caddy_status',
      `${place} answers with status ${status}${wanted}.`,
    );
  }
}

/** Whose certificate each site must present. */
async function trustOf(
  config: CaddyConfig,
  context: StepContext<unknown>,
  host: ProbeHost,
): Promise<(check: SiteCheck) => Trust> {
  if (config.mode === 'raw') return () => ({});
  const root = config.sites.some((site) => site.tls.mode === 'internal')
    ? await internalRoot(context, host)
    : '';
  return (check) => {
    if (check.tls === 'internal') return { ca: root };
    const site = config.sites.find(
      ({ tls, hosts }) =>
        tls.mode === 'own' &&
        (hosts.length === 0 ? check.host === '' : coversName(hosts, check.host)),
    );
    if (site?.tls.mode !== 'own') return {};
    return { ca: site.tls.certificate, exactly: new X509Certificate(site.tls.certificate) };
  };
}

function coversName(hosts: readonly string[], name: string): boolean {
  return hosts.some((host) => host.replace(/^\*\./, 'www.') === name);
}

async function internalRoot(context: StepContext<unknown>, host: ProbeHost): Promise<string> {
  const options = { timeoutMs: 30_000, expected: [0] };
  const { stdout } = await host.run(context, ['cat', '--', CADDY_PATHS.internalRoot], options);
  return stdout.toString('utf8');
}
