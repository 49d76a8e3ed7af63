import { PUBLIC } from '../platform/http/index.js';

/** Roles from least to most. Each may do everything that the one before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The permission of routes for anybody who is signed in, about themselves. */
export const SELF = 'self';

/** What each role adds to the one before it. */
const ADDED_PERMISSIONS: Readonly<Record<Role, readonly string[]>> = {
  viewer: [
    SELF,
    'servers:read',
    'operations:read',
    'commands:read',
    'board:read',
    'playbooks:read',
    'deployments:read',
  ],
  operator: [
    'servers:write',
    'operations:run',
    'commands:run',
    'playbooks:write',
    'playbooks:run',
    'deployments:write',
  ],
  admin: ['servers:trust', 'users:manage', 'tokens:manage', 'audit:read', 'system:read'],
};

const GRANTS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  ROLES.map((role, rank) => [
    role,
    new Set(ROLES.slice(0, rank + 1).flatMap((lower) => ADDED_PERMISSIONS[lower])),
  ]),
);

/** True when `role` may do what needs `permission`. Unknown roles and permissions: never. */
export function permits(role: string, permission: string): boolean {
  return GRANTS.get(role)?.has(permission) ?? false;
}

/** Everything `role` may do, sorted. */
export function permissionsOf(role: Role): readonly string[] {
  return [...(GRANTS.get(role) ?? [])].sort();
}

/** True when some role has `permission`, or nobody needs it. */
export function isKnownPermission(permission: string): boolean {
  return permission === PUBLIC || permits('admin', permission);
}

/** The lesser of two roles. */
export function lowerRole(a: Role, b: Role): Role {
  return ROLES.indexOf(a) <= ROLES.indexOf(b) ? a : b;
}

/** True when `role` may do nothing that `limit` may not. Unknown roles: never. */
export function isWithin(role: string, limit: string): boolean {
  const rank = ROLES.findIndex((known) => known === role);
  return rank >= 0 && rank <= ROLES.findIndex((known) => known === limit);
}
