import { Component, computed, input } from '@angular/core';
import type { Signal } from '@angular/core';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { SERVER_STATUS } from '../ui/status';
import { groupOf } from '../servers/server-filter';
import type { StatusGroup } from '../servers/server-filter';
import { linkHealth } from './link-health';
import { nameOnMap } from './topology-layout';
import type { PlacedServer } from './topology-layout';

/** Drawn inside the ring, so that a state is never told by colour alone: ! × ? and a dash. */
const SIGNS: Readonly<Record<StatusGroup, string>> = {
  online: '',
  degraded: 'M0,-4.5v5M0,4v.1',
  offline: 'M-3,-3l6,6M3,-3l-6,6',
  attention: 'M-2.4,-2.4a2.4,2.4 0 1 1 3.6,2.1q-1.2,.7 -1.2,1.8M0,4.3v.1',
  changing: 'M-3,0h6',
};

/** One server on the map. Reads its own signal: a change draws this one only. */
@Component({
  selector: 'g[appTopologyNode]',
  styleUrl: './topology-node.css',
  template: `<svg:a
    [attr.href]="'/servers/' + place().id"
    [attr.data-id]="place().id"
    [attr.aria-label]="label()"
    [attr.tabindex]="reachable() ? 0 : -1"
    [attr.transform]="'translate(' + place().x + ',' + place().y + ')'"
  >
    <svg:circle class="ring" [attr.data-health]="health()" [attr.r]="radius()" />
    <svg:path class="sign" [attr.d]="sign()" />
    <svg:text class="name" text-anchor="middle" dy="0.95em" [attr.y]="radius() + 3.5">
      {{ name() }}
    </svg:text>
  </svg:a>`,
})
export class TopologyNode {
  readonly server = input.required<Signal<BoardServer>>();
  readonly place = input.required<PlacedServer>();
  readonly radius = input.required<number>();
  readonly reachable = input(false);
  private readonly t = injectTranslate();

  protected readonly health = computed(() => linkHealth(this.server()()));
  protected readonly sign = computed(() => SIGNS[groupOf(this.server()().status)]);
  protected readonly name = computed(() => nameOnMap(this.server()().name));
  protected readonly label = computed(
    () => `${this.server()().name}: ${this.t(SERVER_STATUS[this.server()().status].label)}`,
  );
}
