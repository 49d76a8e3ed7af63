import type { Entity } from '../platform/database/index.js';

export * from './playbooks.errors.js';
export { PlaybooksModule } from './playbooks.module.js';

/** This feature speaks SQL to its tables and has no entity classes. */
export const PLAYBOOKS_ENTITIES: readonly Entity[] = [];
