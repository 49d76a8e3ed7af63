import type { PlaybookSummary } from '../platform/api/generated/models/playbook-summary';

/** The playbooks in which every word of a search is found: in name, title or description. */
export function foundPlaybooks(
  playbooks: readonly PlaybookSummary[],
  search: string,
): readonly PlaybookSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return playbooks.filter(({ name, title, description }) => {
    const text = `${name} ${title} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
