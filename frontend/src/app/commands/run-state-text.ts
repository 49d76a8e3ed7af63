import type { Translate } from '../platform/i18n/i18n';
import type { RunCounts } from './run-counts';

/** How far a run is, in words. Of failures and cancellations nothing is said while there are none. */
export function runStateText(
  { total, ended, failed, cancelled }: Omit<RunCounts, 'succeeded'>,
  t: Translate,
): string {
  return [
    t('commands.ended', { ended, n: total }),
    ...(failed > 0 ? [t('commands.nFailed', { n: failed })] : []),
    ...(cancelled > 0 ? [t('commands.nCancelled', { n: cancelled })] : []),
  ].join(' · ');
}
