import { Directive, ElementRef, effect, inject, input } from '@angular/core';
import { ICONS } from './icons';
import type { IconName } from './icons';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Draws an icon into an `<svg>`. Decorative: what it means is always said in words beside it or in the
 * accessible name of its control.
 */
@Directive({
  selector: 'svg[uiIcon]',
  host: {
    viewBox: '0 0 24 24',
    width: '16',
    height: '16',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '2',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
    focusable: 'false',
  },
})
export class Icon {
  readonly uiIcon = input.required<IconName>();

  constructor() {
    const svg = inject<ElementRef<SVGElement>>(ElementRef).nativeElement;
    effect(() => {
      svg.replaceChildren(
        ...ICONS[this.uiIcon()].map(([tag, attributes]) => shape(svg, tag, attributes)),
      );
    });
  }
}

function shape(
  svg: SVGElement,
  tag: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
): SVGElement {
  const element = svg.ownerDocument.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, String(value));
  }
  return element;
}
