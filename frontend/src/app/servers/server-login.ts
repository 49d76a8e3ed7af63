import type { BoardServer } from '../platform/api/generated/models/board-server';
import type { Translate } from '../platform/i18n/i18n';

/** Names listed one by one. */
const NAMED = 8;

/** Whether there is a way in to install, repair and uninstall: one that was registered has none. */
export function hasLogin({ connection }: Pick<BoardServer, 'connection'>): boolean {
  return connection !== 'registered';
}

/** Names of those without a way in, at most a few of them; empty when all have one. */
export function namesWithoutLogin(
  servers: readonly Pick<BoardServer, 'connection' | 'name'>[],
  t: Translate,
): string {
  const names = servers.filter((server) => !hasLogin(server)).map(({ name }) => name);
  const more = names.length - NAMED;
  const named = names.slice(0, NAMED).join(', ');
  return more > 0 ? `${named} ${t('servers.andMore', { n: more })}` : named;
}
