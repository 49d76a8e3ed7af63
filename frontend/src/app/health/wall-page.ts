import {
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
} from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { Router, RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { LiveConnection } from '../platform/live/live-connection';
import { SessionStore } from '../platform/session/session-store';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { FleetStore } from '../servers/fleet-store';
import { groupOf } from '../servers/server-filter';
import type { StatusGroup } from '../servers/server-filter';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Icon } from '../ui/icon';
import { Skeleton } from '../ui/skeleton';
import { Toasts } from '../ui/toasts';
import { BoardChanges } from './board-changes';
import { BoardCounts } from './board-counts';
import { followBoardFacts } from './board-facts';
import type { ServerUptime } from './board-facts';
import { BoardGroupView } from './board-group';
import { WORST_FIRST, countsOf, groupBoard, groupingFrom } from './board-groups';
import { groupHeadings } from './group-headings';
import { NetworkBanner } from './network-banner';
import { tileSize } from './tile-size';

/** Up to so many servers each has a card of its own. */
const MOST_CARDS = 24;

const NO_UPTIMES: ReadonlyMap<string, ServerUptime> = new Map();

/** Servers in trouble that are named. */
const NAMED = 10;

/**
 * The board for a screen on the wall: nothing but the fleet, as big as fits, dark unless told otherwise.
 * Stands outside the frame of the console, and therefore keeps the live connection itself.
 */
@Component({
  selector: 'app-wall-page',
  imports: [
    BoardChanges,
    BoardCounts,
    BoardGroupView,
    Button,
    EmptyState,
    ErrorState,
    Icon,
    NetworkBanner,
    RouterLink,
    Skeleton,
  ],
  templateUrl: './wall-page.html',
  styleUrl: './wall-page.css',
  host: {
    '[attr.data-theme]': "theme() === 'light' ? 'light' : 'dark'",
    '(document:keydown.escape)': 'leave()',
  },
})
export class WallPage {
  readonly by = input<string>();
  readonly theme = input<string>();

  private readonly document = inject(DOCUMENT);
  private readonly router = inject(Router);
  private readonly clock = inject(Clock);
  private readonly formats = inject(Formats);
  private readonly toasts = inject(Toasts);
  private readonly headings = groupHeadings();
  protected readonly fleet = inject(FleetStore);
  protected readonly live = inject(LiveConnection);
  protected readonly t = injectTranslate();
  protected readonly facts = followBoardFacts();
  protected readonly isFull = signal(false);

  protected readonly grouping = computed(() => groupingFrom(this.by()));
  protected readonly lostSince = computed(() => this.facts.value()?.lostSince ?? null);
  protected readonly isLive = computed(() => this.live.state() === 'live');
  protected readonly time = computed(() => this.formats.time(this.clock.now()));
  protected readonly staleSince = computed(() => this.formats.time(this.live.stateSince()));
  /** The only state whose servers are shown; all without one. */
  protected readonly state = signal<StatusGroup | null>(null);
  protected readonly servers = computed(() => {
    this.fleet.revision();
    return untracked(() => this.fleet.all());
  });
  protected readonly counts = computed(() => countsOf(this.servers()));
  private readonly shown = computed(() => {
    const state = this.state();
    return this.servers().filter(({ status }) => state === null || groupOf(status) === state);
  });
  protected readonly groups = computed(() =>
    groupBoard(this.shown(), this.grouping()).map((group) => ({
      group,
      heading: this.headings.of(group, this.grouping()),
    })),
  );
  protected readonly size = computed(() => (this.servers().length <= MOST_CARDS ? 'card' : 'tile'));
  protected readonly uptimes = computed(() => this.facts.value()?.uptimes ?? NO_UPTIMES);
  protected readonly tile = computed(() => `${String(tileSize(this.servers().length))}px`);
  protected readonly troubled = computed(() =>
    this.servers()
      .filter(({ status }) => groupOf(status) !== 'online' && groupOf(status) !== 'changing')
      .toSorted(
        (a, b) =>
          WORST_FIRST.indexOf(groupOf(a.status)) - WORST_FIRST.indexOf(groupOf(b.status)) ||
          b.status_since.localeCompare(a.status_since),
      )
      .map(({ id }) => id),
  );
  protected readonly named = computed(() => this.troubled().slice(0, NAMED));
  protected readonly unnamed = computed(() => this.troubled().length - this.named().length);

  constructor() {
    const session = inject(SessionStore);
    this.live.start();
    effect(() => {
      if (this.live.refused() > 0) void session.verify();
    });
    const follow = (): void => {
      this.isFull.set(this.document.fullscreenElement !== null);
    };
    this.document.addEventListener('fullscreenchange', follow);
    inject(DestroyRef).onDestroy(() => {
      this.document.removeEventListener('fullscreenchange', follow);
      if (this.document.fullscreenElement) void this.document.exitFullscreen();
      this.live.stop();
    });
  }

  protected async toggleFull(): Promise<void> {
    try {
      if (this.document.fullscreenElement) await this.document.exitFullscreen();
      else await this.document.documentElement.requestFullscreen();
    } catch (error) {
      // A TypeError: the browser does not allow it (a policy). The page fills its window anyway.
      if (!(error instanceof TypeError)) throw error;
      this.toasts.show(this.t('board.fullRefused'), { tone: 'info' });
    }
  }

  /** Escape ends the full screen first; the browser does that by itself. */
  protected leave(): void {
    if (this.document.fullscreenElement) return;
    void this.router.navigate(['/health'], { queryParams: { by: this.by() } });
  }
}
