import type { Translate } from '../platform/i18n/i18n';

const KEY = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/;
const VALUE = /^[^\p{C}]{0,128}$/u;

/** Labels from text, one `key=value` per line or separated by commas or blanks; or what is wrong with it. */
export function parseLabels(
  text: string,
  t: Translate,
): { readonly labels: Readonly<Record<string, string>> } | { readonly problem: string } {
  const labels: Record<string, string> = {};
  for (const part of text.split(/[\s,;]+/).filter(Boolean)) {
    const at = part.indexOf('=');
    const [key, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    if (at < 1) return { problem: t('servers.labelForm', { label: part }) };
    if (!KEY.test(key)) return { problem: t('servers.labelKey', { label: key }) };
    if (!VALUE.test(value)) return { problem: t('servers.labelValue', { label: part }) };
    labels[key] = value;
  }
  if (Object.keys(labels).length > 32) return { problem: t('servers.labelsMany') };
  return { labels };
}

/** Labels as they are typed. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
