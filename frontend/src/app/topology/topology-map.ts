import {
  Component,
  DestroyRef,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { ElementRef, Signal } from '@angular/core';
import { Router } from '@angular/router';
import type { Board } from '../platform/api/generated/models/board';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { FleetStore } from '../servers/fleet-store';
import { Button } from '../ui/button';
import { MapCamera, NAMES_FROM } from './map-camera';
import { TopologyCluster } from './topology-cluster';
import { TopologyHeading } from './topology-heading';
import { MANAGER_RADIUS, layoutTopology, serverTowards } from './topology-layout';
import type { ClusterMembers } from './topology-layout';
import { TopologyLink } from './topology-link';
import { TopologyNode } from './topology-node';
import { TopologyPeek } from './topology-peek';

/** A cluster with what it is called. */
export interface NamedCluster extends ClusterMembers {
  readonly heading: string;
}

const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};
const NAMED_RADIUS = 12;
const DENSE_RADIUS = 9;

/** How often the figures of clusters are made anew, in milliseconds. */
const TICK_MS = 3000;

/** The manager in the middle, clusters of servers around it. Pans, zooms, and is walked with the arrow keys. */
@Component({
  selector: 'app-topology-map',
  imports: [Button, TopologyCluster, TopologyHeading, TopologyLink, TopologyNode, TopologyPeek],
  templateUrl: './topology-map.html',
  styleUrl: './topology-map.css',
})
export class TopologyMap {
  readonly clusters = input.required<readonly NamedCluster[]>();
  readonly managers = input.required<Board['managers']>();
  /** Servers that a search found; null while nobody searches. */
  readonly found = input<ReadonlySet<string> | null>(null);

  private readonly fleet = inject(FleetStore);
  private readonly router = inject(Router);
  private readonly svg = viewChild.required<ElementRef<SVGSVGElement>>('svg');
  private readonly content = viewChild.required<ElementRef<SVGGElement>>('content');
  private readonly camera = signal<MapCamera | null>(null);
  protected readonly t = injectTranslate();
  protected readonly managerRadius = MANAGER_RADIUS;
  protected readonly tick = signal(0);
  protected readonly peeked = signal<string | null>(null);
  private readonly scale = signal(1);

  private readonly isPortrait = signal(false);
  protected readonly layout = computed(() =>
    layoutTopology(this.clusters(), { isPortrait: this.isPortrait() }),
  );
  protected readonly headings = computed(
    () => new Map(this.clusters().map(({ key, heading }) => [key, heading])),
  );
  private readonly places = computed(() =>
    this.layout().clusters.flatMap(({ servers }) => servers),
  );
  protected readonly count = computed(() => this.places().length);
  protected readonly radius = computed(() => (this.layout().isNamed ? NAMED_RADIUS : DENSE_RADIUS));
  protected readonly showsNames = computed(
    () => this.scale() >= NAMES_FROM[this.layout().isNamed ? 'roomy' : 'dense'],
  );
  protected readonly active = linkedSignal<readonly { id: string }[], string>({
    source: () => this.places(),
    computation: (places, previous) =>
      places.find(({ id }) => id === previous?.value)?.id ?? places[0]?.id ?? '',
  });
  protected readonly peekedServer = computed(() => {
    const id = this.peeked();
    return id === null ? undefined : this.fleet.server(id);
  });

  constructor() {
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const element = this.svg().nativeElement;
      const camera = new MapCamera(element, this.content().nativeElement, (scale) => {
        this.scale.set(scale);
      });
      const observer = new ResizeObserver(() => {
        this.isPortrait.set(element.clientHeight > element.clientWidth * 1.05);
        if (!camera.isChosen) camera.fit(untracked(this.layout).bounds);
      });
      observer.observe(element);
      this.camera.set(camera);
      destroyed.onDestroy(() => {
        observer.disconnect();
        camera.destroy();
      });
    });
    effect(() => {
      const { bounds } = this.layout();
      const camera = this.camera();
      if (camera && !camera.isChosen) camera.fit(bounds);
    });
    const timer = setInterval(() => {
      this.tick.update((tick) => tick + 1);
    }, TICK_MS);
    destroyed.onDestroy(() => {
      clearInterval(timer);
    });
  }

  protected serverOf(id: string): Signal<BoardServer> | undefined {
    return this.fleet.server(id);
  }

  protected zoom(way: 'in' | 'out' | 'fit'): void {
    const camera = this.camera();
    if (way === 'in') camera?.zoomIn();
    else if (way === 'out') camera?.zoomOut();
    else camera?.fit(this.layout().bounds);
  }

  /** What the pointer or the focus is on. */
  protected look({ target }: Event): void {
    this.peeked.set(idOf(target));
  }

  protected focused(event: Event): void {
    const id = idOf(event.target);
    this.peeked.set(id);
    if (id !== null) this.active.set(id);
  }

  protected key(event: KeyboardEvent): void {
    const ways: Readonly<Record<string, 'in' | 'out' | 'fit'>> = {
      '+': 'in',
      '=': 'in',
      '-': 'out',
      '0': 'fit',
    };
    const way = ways[event.key];
    const direction = DIRECTIONS[event.key];
    const from = idOf(event.target);
    if (way) this.zoom(way);
    else if (direction && from !== null) {
      const next = serverTowards(this.places(), from, direction);
      if (next !== null) this.focusServer(next);
    } else return;
    event.preventDefault();
  }

  protected open(event: MouseEvent): void {
    const id = idOf(event.target);
    if (id === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void this.router.navigate(['/servers', id]);
  }

  /** Brings a server into view and gives it the focus. */
  focusServer(id: string): void {
    const place = this.places().find((candidate) => candidate.id === id);
    if (!place) return;
    this.camera()?.reveal(place);
    this.svg().nativeElement.querySelector<SVGAElement>(`a[data-id="${id}"]`)?.focus();
  }
}

function idOf(target: EventTarget | null): string | null {
  return target instanceof Element
    ? (target.closest('a[data-id]')?.getAttribute('data-id') ?? null)
    : null;
}
