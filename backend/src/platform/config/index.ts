export { ConfigError } from './config.error.js';
export type { ConfigProblem } from './config.error.js';
export { describeConfig } from './config.keys.js';
export type { ConfigKey } from './config.keys.js';
export * from './config.schema.js';
export { MANAGER_CONFIG } from './config.token.js';
export { loadConfig } from './load-config.js';
export type { ConfigSources } from './load-config.js';
