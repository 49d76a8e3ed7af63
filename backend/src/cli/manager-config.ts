import { loadConfig } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import type { CliIo } from './cli-io.js';

/** Options of every command that say where the manager's configuration is. */
export interface ConfigOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

/** The manager's configuration, from the same sources as the manager's. @throws ConfigError */
export function managerConfig(io: CliIo, { config, dataDir }: ConfigOptions): ManagerConfig {
  const argv = [
    ...(config === undefined ? [] : ['--config', config]),
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
  ];
  return loadConfig({ argv, env: io.env, cwd: io.cwd });
}
