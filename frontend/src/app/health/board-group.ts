import { Component, ElementRef, computed, inject, input, linkedSignal } from '@angular/core';
import type { Signal } from '@angular/core';
import { Router } from '@angular/router';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { FleetStore } from '../servers/fleet-store';
import { Icon } from '../ui/icon';
import type { ServerUptime } from './board-facts';
import { BoardCard } from './board-card';
import { WORST_FIRST } from './board-groups';
import type { BoardGroup } from './board-groups';
import { BoardTile } from './board-tile';
import { STATE_LOOKS } from './board-words';
import { gridStep } from './grid-step';

/**
 * The servers of one group as squares, or as cards where there are few. Tab reaches one of them, the arrow
 * keys walk.
 */
@Component({
  selector: 'app-board-group',
  imports: [BoardCard, BoardTile, Icon],
  host: {
    '(click)': 'follow($event)',
    '(keydown)': 'move($event)',
    '(focusin)': 'focused($event)',
  },
  styleUrl: './board-group.css',
  template: `<section [attr.aria-label]="heading()">
    <header>
      <h2 class="truncate">{{ heading() }}</h2>
      <span class="number subtle">{{ formats.number(group().ids.length) }}</span>
      @for (state of mixed(); track state.name) {
        <span class="state small number" [style.color]="'var(--' + state.look.tone + ')'">
          <svg [uiIcon]="state.look.icon"></svg>{{ state.count }}
          <span class="cdk-visually-hidden">{{ t(state.look.label) }}</span>
        </span>
      }
    </header>
    <ul [class]="size()" [attr.aria-label]="heading()">
      @for (id of group().ids; track id; let index = $index) {
        @if (serverOf(id); as server) {
          <li>
            @if (size() === 'card') {
              <app-board-card
                [server]="server"
                [uptime]="uptimes().get(id)"
                [reachable]="index === active()"
              />
            } @else {
              <app-board-tile [server]="server" [reachable]="index === active()" />
            }
          </li>
        }
      }
    </ul>
  </section>`,
})
export class BoardGroupView {
  readonly group = input.required<BoardGroup>();
  readonly heading = input.required<string>();
  readonly size = input.required<'tile' | 'card'>();
  readonly uptimes = input<ReadonlyMap<string, ServerUptime>>(new Map());

  private readonly fleet = inject(FleetStore);
  private readonly router = inject(Router);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  protected readonly t = injectTranslate();
  protected readonly formats = inject(Formats);
  protected readonly active = linkedSignal<readonly string[], number>({
    source: () => this.group().ids,
    computation: (ids, previous) => Math.max(0, Math.min(previous?.value ?? 0, ids.length - 1)),
  });
  /** States in the group, when there is more than one. */
  protected readonly mixed = computed(() => {
    const states = WORST_FIRST.map((name) => ({
      name,
      look: STATE_LOOKS[name],
      count: this.group().counts[name],
    })).filter(({ count }) => count > 0);
    return states.length > 1 ? states : [];
  });

  protected serverOf(id: string): Signal<BoardServer> | undefined {
    return this.fleet.server(id);
  }

  protected focused({ target }: FocusEvent): void {
    const index = this.places().findIndex((place) => place === target);
    if (index >= 0) this.active.set(index);
  }

  protected move(event: KeyboardEvent): void {
    const places = this.places();
    const target = gridStep(
      event.key,
      places.findIndex((place) => place === event.target),
      places.map((place) => place.getBoundingClientRect()),
    );
    if (target === null) return;
    event.preventDefault();
    this.active.set(target);
    places[target]?.focus();
  }

  /** Squares and cards are plain links: a thousand router links would cost more than all the rest. */
  protected follow(event: MouseEvent): void {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest('a[data-id]') : null;
    const href = link?.getAttribute('href');
    if (href === null || href === undefined) return;
    event.preventDefault();
    void this.router.navigateByUrl(href);
  }

  private places(): HTMLElement[] {
    return [...this.host.nativeElement.querySelectorAll<HTMLElement>('ul a')];
  }
}
