export { AppError, defineError, errorCatalogue } from './app-error.js';
export type { ErrorDefinition } from './app-error.js';
