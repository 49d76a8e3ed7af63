import { Component, computed } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { TabLinks } from '../ui/tabs';

/** Single commands, and the same on many servers. */
@Component({
  selector: 'app-command-tabs',
  imports: [TabLinks],
  template: `<ui-tab-links [label]="t('commands.tabs')" [tabs]="tabs()" [exact]="true" />`,
})
export class CommandTabs {
  protected readonly t = injectTranslate();
  protected readonly tabs = computed(() => [
    { value: '/commands', label: this.t('commands.single') },
    { value: '/commands/runs', label: this.t('commands.runs') },
  ]);
}
