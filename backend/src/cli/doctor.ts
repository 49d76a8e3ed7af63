import { ConfigError } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { CliError, say } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { cliLogger } from './cli-logger.js';
import { attempt, fail, ok } from './finding.js';
import type { Finding } from './finding.js';
import {
  checkArtefacts,
  checkClock,
  checkDataDirectory,
  checkDiskSpace,
  checkNode,
  checkTls,
} from './machine-checks.js';
import { managerConfig } from './manager-config.js';
import type { ConfigOptions } from './manager-config.js';
import { checkDatabase, checkPort, checkRedis } from './service-checks.js';

/**
 * `doctor`: checks what the manager needs and prints a line for each, with what to do about problems. Makes
 * and changes nothing; an embedded database that does not run is started for the check and stopped again.
 *
 * @throws CliError when something keeps the manager from working
 */
export async function runDoctor(io: CliIo, options: ConfigOptions): Promise<void> {
  const findings = [checkNode(process.versions.node), ...(await attempt('clock', checkClock))];
  const config = configOrProblem(io, options);
  findings.push(
    'status' in config ? config : ok('configuration', 'every key is known and within its bounds'),
    ...(await attempt('agent artefacts', checkArtefacts)),
  );
  if (!('status' in config)) findings.push(...(await checkInstallation(io, config)));
  for (const finding of findings) print(io, finding);
  const failed = findings.filter(({ status }) => status === 'fail').length;
  if (failed > 0) throw new CliError(`${failed} of ${findings.length} checks failed.`);
}

async function checkInstallation(io: CliIo, config: ManagerConfig): Promise<Finding[]> {
  const directory = await attempt('data directory', () => checkDataDirectory(config));
  const isUsable = directory.every(({ status }) => status !== 'fail');
  return [
    ...directory,
    ...(await attempt('disk space', () => checkDiskSpace(config))),
    ...(isUsable ? await attempt('database', () => checkDatabase(config, cliLogger(io))) : []),
    ...(await attempt('Redis', () => checkRedis(config.redis.url))),
    ...(await attempt('port', () => checkPort(config))),
    ...(await attempt('TLS', () => checkTls(config))),
  ];
}

function configOrProblem(io: CliIo, options: ConfigOptions): ManagerConfig | Finding {
  try {
    return managerConfig(io, options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(
      'configuration',
      error.message,
      'Correct it; docs/configuration.md lists every key.',
    );
  }
}

function print(io: CliIo, { status, name, message, remedy }: Finding): void {
  say(
    io,
    `${status.padEnd(4)}  ${name.padEnd(16)}  ${message.replaceAll('\n', '\n' + ' '.repeat(24))}`,
  );
  if (remedy !== undefined) say(io, `${' '.repeat(24)}→ ${remedy}`);
}
