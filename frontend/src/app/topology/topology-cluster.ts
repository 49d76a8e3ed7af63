import { Component, computed, input } from '@angular/core';
import { MANAGER_RADIUS } from './topology-layout';
import type { PlacedCluster } from './topology-layout';

/** A cluster's circle and the trunk of its connections. */
@Component({
  selector: 'g[appTopologyCluster]',
  styles: `
    .trunk {
      fill: none;
      stroke: var(--line-strong);
      stroke-linecap: round;
    }
    circle {
      fill: color-mix(in oklab, var(--surface) 70%, transparent);
      stroke: var(--line-strong);
    }
  `,
  template: `<svg:path class="trunk" [attr.d]="trunk()" [attr.stroke-width]="width()" />
    <svg:circle [attr.cx]="cluster().x" [attr.cy]="cluster().y" [attr.r]="cluster().radius" />`,
})
export class TopologyCluster {
  readonly cluster = input.required<PlacedCluster>();
  protected readonly width = computed(() => 2 + Math.log2(1 + this.cluster().servers.length));
  protected readonly trunk = computed(() => {
    const { entry } = this.cluster();
    const distance = Math.hypot(entry.x, entry.y) || 1;
    const [x, y] = [(entry.x / distance) * MANAGER_RADIUS, (entry.y / distance) * MANAGER_RADIUS];
    return `M${x},${y}L${entry.x},${entry.y}`;
  });
}
