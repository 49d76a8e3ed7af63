import type { Entity } from '../platform/database/index.js';

export * from './commands.errors.js';
export { CommandsModule } from './commands.module.js';

/** This feature speaks SQL to its tables and has no entity classes. */
export const COMMANDS_ENTITIES: readonly Entity[] = [];
