import type { PlainKey } from '../../i18n/en';
import type { IconName } from '../ui/icons';

/** One page of the side navigation. */
export interface NavigationItem {
  readonly path: string;
  /** Other addresses that belong to it. */
  readonly also?: readonly string[];
  readonly label: PlainKey;
  readonly icon: IconName;
  /** Jump keys. */
  readonly keys: string;
  /** Needed to see it. */
  readonly permission: string;
}

/** A group of pages. */
export interface NavigationGroup {
  readonly label: PlainKey;
  readonly items: readonly NavigationItem[];
}

/** The side navigation. A page appears when its route exists and the role allows it. */
export const NAVIGATION: readonly NavigationGroup[] = [
  {
    label: 'nav.fleet',
    items: [
      {
        path: 'servers',
        label: 'nav.servers',
        icon: 'server',
        keys: 'g s',
        permission: 'servers:read',
      },
      {
        path: 'health',
        label: 'nav.health',
        icon: 'health',
        keys: 'g h',
        permission: 'board:read',
      },
      {
        path: 'topology',
        label: 'nav.topology',
        icon: 'topology',
        keys: 'g t',
        permission: 'board:read',
      },
    ],
  },
  {
    label: 'nav.operate',
    items: [
      {
        path: 'deployments',
        label: 'nav.deployments',
        icon: 'box',
        keys: 'g d',
        permission: 'deployments:read',
      },
      {
        path: 'commands',
        label: 'nav.commands',
        icon: 'terminal',
        keys: 'g c',
        permission: 'commands:read',
      },
      {
        path: 'playbooks',
        also: ['playbook-runs'],
        label: 'nav.playbooks',
        icon: 'scroll',
        keys: 'g b',
        permission: 'playbooks:read',
      },
      {
        path: 'operations',
        label: 'nav.operations',
        icon: 'list',
        keys: 'g o',
        permission: 'operations:read',
      },
    ],
  },
  {
    label: 'nav.admin',
    items: [
      {
        path: 'access',
        label: 'nav.access',
        icon: 'users',
        keys: 'g u',
        permission: 'users:manage',
      },
      { path: 'audit', label: 'nav.audit', icon: 'history', keys: 'g a', permission: 'audit:read' },
      {
        path: 'settings',
        label: 'nav.settings',
        icon: 'settings',
        keys: 'g e',
        permission: 'system:read',
      },
    ],
  },
];

/** Reached from the user menu and the palette, not from the side. */
export const PROFILE: NavigationItem = {
  path: 'profile',
  label: 'nav.profile',
  icon: 'user',
  keys: 'g p',
  permission: 'self',
};

/** True while an address is the item's own, below it, or belongs to it. */
export function isAt({ path, also = [] }: NavigationItem, url: string): boolean {
  const [, first = ''] = url.split(/[/?#]/);
  return first === path || also.includes(first);
}

/** The groups with only the pages that exist and are allowed. Empty groups are left out. */
export function visibleNavigation(
  groups: readonly NavigationGroup[],
  paths: ReadonlySet<string>,
  can: (permission: string) => boolean,
): readonly NavigationGroup[] {
  return groups
    .map(({ label, items }) => ({
      label,
      items: items.filter(({ path, permission }) => paths.has(path) && can(permission)),
    }))
    .filter(({ items }) => items.length > 0);
}
