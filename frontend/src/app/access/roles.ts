import type { Translate } from '../platform/i18n/i18n';
import type { RadioChoice } from '../ui/radio-cards';

/** Roles from least to most. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The roles as choices, each with what it may do. */
export function roleChoices(t: Translate): readonly RadioChoice[] {
  const icons = { viewer: 'eye', operator: 'terminal', admin: 'shield-check' } as const;
  return ROLES.map((value) => ({
    value,
    label: t(`role.${value}`),
    hint: t(`users.role.${value}`),
    icon: icons[value],
  }));
}

/** The role a text names; viewer, the least, when it names none. */
export function roleFrom(text: string): Role {
  return ROLES.find((role) => role === text) ?? 'viewer';
}
