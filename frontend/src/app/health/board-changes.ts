import { Component, computed, inject, input } from '@angular/core';
import type { Signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { FleetStore } from '../servers/fleet-store';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';
import { SERVER_STATUS } from '../ui/status';

/** One server that changed lately. */
@Component({
  selector: 'app-board-change',
  imports: [Icon, RelativeTime, RouterLink],
  styles: `
    :host {
      display: contents;
    }
    a {
      display: grid;
      grid-template-columns: 16px minmax(0, 1fr) auto;
      gap: 1px 10px;
      align-items: start;
      padding: 9px 16px;
      border-bottom: 1px solid var(--line);
    }
    a:hover {
      background: var(--hover);
    }
    a:focus-visible {
      outline-offset: -2px;
    }
    svg {
      width: 15px;
      height: 15px;
      margin-top: 2.5px;
    }
    strong {
      font-weight: 500;
    }
    .when {
      line-height: 20px;
    }
    .cause {
      grid-column: 2 / -1;
      display: -webkit-box;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 2;
      overflow: hidden;
      overflow-wrap: anywhere;
    }
  `,
  template: `<a [routerLink]="['/servers', server()().id]">
    <svg
      [uiIcon]="look().icon"
      [class.spin]="look().active"
      [style.color]="'var(--' + look().tone + ')'"
    ></svg>
    <span class="truncate"
      ><strong>{{ server()().name }}</strong>
      <span class="muted"> {{ t(look().label) }}</span></span
    >
    <span class="when small subtle number"
      ><ui-relative-time [at]="server()().status_since"
    /></span>
    @if (server()().status_cause; as cause) {
      <span class="cause small muted">{{ causeText(cause) }}</span>
    }
  </a>`,
})
export class BoardChange {
  readonly server = input.required<Signal<BoardServer>>();
  protected readonly t = injectTranslate();
  protected readonly causeText = causeText;
  protected readonly look = computed(() => SERVER_STATUS[this.server()().status]);
}

/** The servers whose state changed last, newest first. */
@Component({
  selector: 'app-board-changes',
  imports: [BoardChange],
  template: `@for (id of ids(); track id) {
    @if (serverOf(id); as server) {
      <app-board-change [server]="server" />
    }
  }`,
})
export class BoardChanges {
  readonly ids = input.required<readonly string[]>();
  private readonly fleet = inject(FleetStore);

  protected serverOf(id: string): Signal<BoardServer> | undefined {
    return this.fleet.server(id);
  }
}
