import { Component, computed, inject, input, untracked } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { FleetStore } from '../servers/fleet-store';
import { groupOf } from '../servers/server-filter';
import { median } from './link-health';
import type { PlacedCluster } from './topology-layout';

/** What a cluster is called and how it is, on the side that looks away from the manager. */
@Component({
  selector: 'g[appTopologyHeading]',
  styles: `
    text {
      paint-order: stroke;
      stroke: var(--canvas);
      stroke-width: 4px;
      stroke-linejoin: round;
    }
    .heading {
      font-size: calc(14px * var(--text-scale, 1));
      font-weight: 600;
      fill: var(--text);
    }
    .facts {
      font-size: calc(11.5px * var(--text-scale, 1));
      font-variant-numeric: tabular-nums;
      fill: var(--muted);
    }
    .bad {
      fill: var(--bad);
    }
  `,
  template: `<svg:text
      class="heading"
      text-anchor="middle"
      [attr.x]="cluster().x"
      [attr.y]="edge()"
      [attr.dy]="isBelow() ? '1.3em' : '-1.65em'"
    >
      {{ heading() }}
    </svg:text>
    <svg:text
      class="facts"
      text-anchor="middle"
      [attr.x]="cluster().x"
      [attr.y]="edge()"
      [attr.dy]="isBelow() ? '3em' : '-0.7em'"
    >
      {{ facts() }}
      <svg:tspan class="bad">{{ trouble() }}</svg:tspan>
    </svg:text>`,
})
export class TopologyHeading {
  readonly cluster = input.required<PlacedCluster>();
  readonly heading = input.required<string>();
  /** Changes now and then: when the figures are made anew. Servers answer too often for more. */
  readonly tick = input.required<number>();

  private readonly fleet = inject(FleetStore);
  private readonly formats = inject(Formats);
  private readonly t = injectTranslate();

  protected readonly isBelow = computed(() => this.cluster().y > 0);
  protected readonly edge = computed(() => {
    const { y, radius } = this.cluster();
    return this.isBelow() ? y + radius : y - radius;
  });
  private readonly members = computed(() => {
    this.tick();
    const places = this.cluster().servers;
    return untracked(() => places.flatMap(({ id }) => this.fleet.server(id)?.() ?? []));
  });
  protected readonly facts = computed(() => {
    const latencies = this.members()
      .filter(({ status }) => groupOf(status) === 'online')
      .flatMap(({ latency_ms: latency }) => latency ?? []);
    const middle = median(latencies);
    const count = this.t('topology.clusterLine', { n: this.members().length });
    return middle === null
      ? count
      : `${count} · ${this.t('topology.median', { time: this.formats.duration(middle) })}`;
  });
  protected readonly trouble = computed(() => {
    const n = this.members().filter(({ status }) =>
      ['offline', 'attention', 'degraded'].includes(groupOf(status)),
    ).length;
    return n === 0 ? '' : ` · ${this.t('topology.troubled', { n })}`;
  });
}
