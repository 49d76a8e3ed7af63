import { Component, computed, input } from '@angular/core';
import { layerName } from '../operations/operation-words';
import type { SshProbeResult } from '../platform/api/generated/models/ssh-probe-result';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { Notice } from '../ui/notice';

/** Why a host could not be looked at, with the layer at fault; nothing while it could. */
@Component({
  selector: 'app-probe-problem',
  imports: [Notice],
  styles: `
    :host(:empty) {
      display: none;
    }
  `,
  template: `@if (problem(); as problem) {
    <ui-notice tone="bad" alert>
      <h3>{{ t('add.unreachable', { layer: problem.layer }) }}</h3>
      <p>{{ problem.text }}</p>
    </ui-notice>
  }`,
})
export class ProbeProblem {
  readonly probe = input.required<SshProbeResult | null>();
  protected readonly t = injectTranslate();
  protected readonly problem = computed(() => {
    const problem = this.probe()?.problem ?? null;
    return problem && { layer: layerName(this.t, problem.layer), text: causeText(problem) };
  });
}
