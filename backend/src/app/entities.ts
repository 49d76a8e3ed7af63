import { AGENTS_ENTITIES } from '../agents/index.js';
import { AUDIT_ENTITIES } from '../audit/index.js';
import { AUTH_ENTITIES } from '../auth/index.js';
import { COMMANDS_ENTITIES } from '../commands/index.js';
import { CREDENTIALS_ENTITIES } from '../credentials/index.js';
import { DEPLOYMENTS_ENTITIES } from '../deployments/index.js';
import { HEALTH_ENTITIES } from '../health/index.js';
import { OPERATIONS_ENTITIES } from '../operations/index.js';
import { PLAYBOOKS_ENTITIES } from '../playbooks/index.js';
import { SERVERS_ENTITIES } from '../servers/index.js';
import type { Entity } from '../platform/database/index.js';

/** Every entity of every feature. */
export const ENTITIES: readonly Entity[] = [
  ...AUDIT_ENTITIES,
  ...AUTH_ENTITIES,
  ...CREDENTIALS_ENTITIES,
  ...SERVERS_ENTITIES,
  ...AGENTS_ENTITIES,
  ...OPERATIONS_ENTITIES,
  ...HEALTH_ENTITIES,
  ...COMMANDS_ENTITIES,
  ...PLAYBOOKS_ENTITIES,
  ...DEPLOYMENTS_ENTITIES,
];
