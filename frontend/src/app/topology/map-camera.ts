import { select } from 'd3-selection';
import type { Selection } from 'd3-selection';
import { zoom, zoomIdentity, zoomTransform } from 'd3-zoom';
import type { ZoomBehavior } from 'd3-zoom';
import type { Point, TopologyLayout } from './topology-layout';

/** Room between the map and the edge of its view, in pixels. */
const MARGIN = 32;
/** Room for the tools below the map where the view is narrow, in pixels. */
const TOOLS = 44;
const SCALES: [number, number] = [0.15, 4];
const STEP = 1.4;

/** Headings and names keep their size on screen when the map is small, up to so many times their size in it. */
const LARGEST_TEXT = 2.4;

/** From which scale on names are readable and shown, where there is room for them and where there is little. */
export const NAMES_FROM = { roomy: 0.45, dense: 1.15 } as const;

/** Pans and zooms a drawing. It moves one element directly: nothing is drawn anew meanwhile. */
export class MapCamera {
  private readonly svg: Selection<SVGSVGElement, unknown, null, undefined>;
  private readonly behavior: ZoomBehavior<SVGSVGElement, unknown>;
  private wasMoved = false;

  constructor(
    private readonly element: SVGSVGElement,
    private readonly content: SVGGElement,
    scaled: (scale: number) => void,
  ) {
    this.svg = select(element);
    this.behavior = zoom<SVGSVGElement, unknown>()
      .scaleExtent(SCALES)
      .on('zoom', ({ transform, sourceEvent }: ZoomMove) => {
        if (sourceEvent) this.wasMoved = true;
        this.content.setAttribute('transform', transform.toString());
        const textScale = Math.min(Math.max(1, 1 / transform.k), LARGEST_TEXT);
        this.content.style.setProperty('--text-scale', textScale.toFixed(2));
        scaled(transform.k);
      });
    // A double click on a server is two clicks, not a zoom.
    this.svg.call(this.behavior).on('dblclick.zoom', null);
  }

  /** Somebody chose what to look at: it is kept while the map changes. */
  get isChosen(): boolean {
    return this.wasMoved;
  }

  /** Shows everything. */
  fit({ left, top, right, bottom }: TopologyLayout['bounds']): void {
    const { width, height: all } = this.size();
    if (width === 0 || all === 0) return;
    const height = all > width ? all - TOOLS : all;
    const scale = Math.min(
      (width - 2 * MARGIN) / (right - left),
      (height - 2 * MARGIN) / (bottom - top),
      1.25,
    );
    const target = zoomIdentity
      .translate(width / 2, height / 2)
      .scale(Math.max(SCALES[0], scale))
      .translate(-(left + right) / 2, -(top + bottom) / 2);
    this.wasMoved = false;
    this.svg.call((svg) => {
      this.behavior.transform(svg, target);
    });
  }

  zoomIn(): void {
    this.scaleBy(STEP);
  }

  zoomOut(): void {
    this.scaleBy(1 / STEP);
  }

  /** Moves just enough that a point is seen. */
  reveal({ x, y }: Point): void {
    const { width, height } = this.size();
    const transform = zoomTransform(this.element);
    const [left, top] = transform.apply([x, y]);
    const isSeen = left > MARGIN && top > MARGIN && left < width - MARGIN && top < height - MARGIN;
    if (isSeen) return;
    this.wasMoved = true;
    this.behavior.translateTo(this.svg, x, y);
  }

  destroy(): void {
    this.svg.on('.zoom', null);
  }

  private scaleBy(factor: number): void {
    this.wasMoved = true;
    this.behavior.scaleBy(this.svg, factor);
  }

  private size(): { width: number; height: number } {
    const { clientWidth: width, clientHeight: height } = this.element;
    return { width, height };
  }
}

interface ZoomMove {
  readonly transform: { readonly k: number; toString(): string };
  readonly sourceEvent: Event | null;
}
