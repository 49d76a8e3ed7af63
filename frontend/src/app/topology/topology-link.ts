import { Component, computed, input } from '@angular/core';
import type { Signal } from '@angular/core';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { linkHealth } from './link-health';
import type { Point } from './topology-layout';

/** The connection to one server, from the edge of its cluster. Reads its own signal. */
@Component({
  selector: 'g[appTopologyLink]',
  styleUrl: './topology-link.css',
  template: `<svg:path [attr.data-health]="health()" [attr.d]="path()" />`,
})
export class TopologyLink {
  readonly server = input.required<Signal<BoardServer>>();
  readonly from = input.required<Point>();
  readonly to = input.required<Point>();
  protected readonly health = computed(() => linkHealth(this.server()()));
  protected readonly path = computed(() => {
    const [from, to] = [this.from(), this.to()];
    return `M${from.x},${from.y}L${to.x},${to.y}`;
  });
}
