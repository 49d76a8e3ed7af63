import type { PaletteAction } from '../platform/shortcuts/actions';
import { matchScore } from '../platform/shortcuts/rank';

/** Most results shown. */
const MOST = 50;

/** A result with its place in the list; `heading` where a group starts. */
export interface PaletteResult {
  readonly action: PaletteAction;
  readonly heading: string | null;
}

/** The actions that answer `query`, best first inside their groups, groups by their best. */
export function paletteResults(
  actions: readonly PaletteAction[],
  query: string,
): readonly PaletteResult[] {
  const scored = actions
    .map((action, order) => ({ action, order, score: scoreOf(action, query) }))
    .filter(({ score }) => score > 0);
  const best = new Map<string, number>();
  for (const { action, score } of scored) {
    best.set(action.group, Math.max(best.get(action.group) ?? 0, score));
  }
  const groups = [...best.keys()];
  scored.sort(
    (a, b) =>
      (best.get(b.action.group) ?? 0) - (best.get(a.action.group) ?? 0) ||
      groups.indexOf(a.action.group) - groups.indexOf(b.action.group) ||
      b.score - a.score ||
      a.order - b.order,
  );
  return scored.slice(0, MOST).map(({ action }, index, all) => ({
    action,
    heading: all[index - 1]?.action.group === action.group ? null : action.group,
  }));
}

function scoreOf(action: PaletteAction, query: string): number {
  const byName = matchScore(action.label, query);
  const byWord = matchScore(action.keywords ?? '', query) * 0.8;
  return Math.max(byName, byWord);
}
