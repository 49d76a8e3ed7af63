import { Component, computed, inject, input } from '@angular/core';
import type { Signal } from '@angular/core';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { groupOf } from '../servers/server-filter';
import { SERVER_STATUS } from '../ui/status';
import { Formats } from '../platform/time/formats';
import { STATE_LOOKS } from './board-words';

/** How strongly the colour of a server that is well shows its CPU load, in percent of the colour. */
const PALEST = 42;

/**
 * One server as a small square: colour and sign by its state, stronger the busier it is. Reads its own
 * signal in its own template, so that a change draws this square only.
 */
@Component({
  selector: 'app-board-tile',
  styleUrl: './board-tile.css',
  template: `<a
    [class]="group()"
    [style.--strength]="strength()"
    [attr.href]="'/servers/' + server()().id"
    [attr.data-id]="server()().id"
    [attr.aria-label]="label()"
    [tabindex]="reachable() ? 0 : -1"
    >{{ look().glyph }}</a
  >`,
})
export class BoardTile {
  readonly server = input.required<Signal<BoardServer>>();
  /** The one tile of its group that Tab reaches. */
  readonly reachable = input(false);
  private readonly t = injectTranslate();
  private readonly formats = inject(Formats);

  protected readonly group = computed(() => groupOf(this.server()().status));
  protected readonly look = computed(() => STATE_LOOKS[this.group()]);
  protected readonly strength = computed(() => {
    const load = this.server()().figures?.cpu_percent ?? 0;
    return `${String(Math.round((PALEST + (load / 100) * (100 - PALEST)) / 5) * 5)}%`;
  });
  protected readonly label = computed(() => {
    const { name, status, status_cause: cause, latency_ms: latency } = this.server()();
    const took = latency === null ? '' : this.formats.duration(latency);
    const rest = cause === null ? took : causeText(cause);
    return `${name}: ${this.t(SERVER_STATUS[status].label)}${rest === '' ? '' : `. ${rest}`}`;
  });
}
