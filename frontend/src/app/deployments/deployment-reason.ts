import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import type { Translate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { differenceText } from '../deployment/difference-text';
import { failureText } from '../deployment/failure-text';
import { layerName } from '../operations/operation-words';

/** Why a deployment is as it is, in one line; empty when there is nothing to say. */
export function deploymentReason(
  { error, differences }: Pick<DeploymentSummary, 'error' | 'differences'>,
  t: Translate,
): string {
  if (error) {
    const { reason } = failureText(causeText(error));
    return `${layerName(t, error.layer)}: ${reason}`;
  }
  const [first, ...more] = differences;
  if (!first) return '';
  const text = `${first.name}: ${differenceText(t, first)}`;
  return more.length === 0 ? text : `${text}, ${t('deployments.nMore', { n: more.length })}`;
}
