export { createLogger } from './logger.js';
export type { Logger, LoggerSettings } from './logger.js';
export { LOGGER } from './logger.token.js';
export { NestLogger } from './nest-logger.js';
