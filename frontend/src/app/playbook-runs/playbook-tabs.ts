import { Component, computed } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { TabLinks } from '../ui/tabs';

/** The playbooks there are, and what was run of them. */
@Component({
  selector: 'app-playbook-tabs',
  imports: [TabLinks],
  template: `<ui-tab-links [label]="t('playbookRuns.tabs')" [tabs]="tabs()" [exact]="true" />`,
})
export class PlaybookTabs {
  protected readonly t = injectTranslate();
  protected readonly tabs = computed(() => [
    { value: '/playbooks', label: this.t('playbookRuns.playbooks') },
    { value: '/playbook-runs', label: this.t('playbookRuns.runs') },
  ]);
}
