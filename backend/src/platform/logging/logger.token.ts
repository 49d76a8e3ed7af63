/** Injection token of the manager's pino logger. */
export const LOGGER = Symbol('LOGGER');
