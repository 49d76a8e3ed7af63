import type { DeploymentDifference } from '../platform/api/generated/models/deployment-difference';
import type { Translate } from '../platform/i18n/i18n';

/** What is said of a difference, by the manager's own wording of it. */
const WORDINGS: readonly (readonly [RegExp, (t: Translate, parts: readonly string[]) => string])[] =
  [
    [/^is gone$/, (t) => t('drift.gone')],
    [/^was changed$/, (t) => t('drift.changed')],
    [/^does not start with the server any more$/, (t) => t('drift.disabled')],
    [
      /^has the mode (\S+) instead of (\S+)$/,
      (t, [now = '', then = '']) => t('drift.mode', { now, then }),
    ],
    [
      /^belongs to (\S+) instead of (\S+)$/,
      (t, [now = '', then = '']) => t('drift.owner', { now, then }),
    ],
    [
      /^tells ([\s\S]*) instead of ([\s\S]*)$/,
      (t, [now = '', then = '']) => t('drift.version', { now, then }),
    ],
    [/^is ([a-z-]+)$/, (t, [state = '']) => t('drift.state', { state })],
  ];

/** How something on the server differs from what was deployed; what a newer manager tells is shown as it is. */
export function differenceText(t: Translate, { message }: DeploymentDifference): string {
  for (const [wording, say] of WORDINGS) {
    const match = wording.exec(message);
    if (match) return say(t, match.slice(1));
  }
  return message;
}
