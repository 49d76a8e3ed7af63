import { Component } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { LINK_LABELS } from './link-health';
import type { LinkHealth } from './link-health';

const ORDER: readonly LinkHealth[] = ['fast', 'slow', 'slower', 'degraded', 'down', 'none'];

/** What the lines of the map mean. */
@Component({
  selector: 'app-topology-legend',
  host: { role: 'list', class: 'small muted', '[attr.aria-label]': "t('topology.link')" },
  styleUrl: './topology-legend.css',
  template: `@for (entry of entries; track entry.health) {
    <span role="listitem"
      ><svg width="22" height="8" aria-hidden="true">
        <line x1="0" y1="4" x2="22" y2="4" [attr.data-health]="entry.health" />
      </svg>
      {{ t(entry.label) }}</span
    >
  }`,
})
export class TopologyLegend {
  protected readonly t = injectTranslate();
  protected readonly entries = ORDER.map((health) => ({ health, label: LINK_LABELS[health] }));
}
