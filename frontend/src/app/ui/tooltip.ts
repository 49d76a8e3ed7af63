import { Component, DestroyRef, Directive, ElementRef, inject, input, signal } from '@angular/core';
import {
  createFlexibleConnectedPositionStrategy,
  createOverlayRef,
  createCloseScrollStrategy,
} from '@angular/cdk/overlay';
import type { OverlayRef } from '@angular/cdk/overlay';
import { ComponentPortal } from '@angular/cdk/portal';
import { Injector } from '@angular/core';

/** How long the pointer rests before a tooltip shows, in milliseconds. */
const HOVER_DELAY_MS = 350;

@Component({
  selector: 'ui-tooltip',
  host: { class: 'tooltip', role: 'tooltip' },
  template: `{{ text() }}`,
})
class TooltipPanel {
  readonly text = signal('');
}

/**
 * A few words on hover or keyboard focus. Only for what is said elsewhere too (an icon button has its
 * accessible name): nothing is told by a tooltip alone.
 */
@Directive({
  selector: '[uiTooltip]',
  host: {
    '(pointerenter)': 'later($event)',
    '(pointerleave)': 'hide()',
    '(focusin)': 'focused()',
    '(focusout)': 'hide()',
    '(keydown.escape)': 'hide()',
    '(click)': 'hide()',
  },
})
export class Tooltip {
  readonly uiTooltip = input.required<string>();
  private readonly injector = inject(Injector);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef);
  private overlay: OverlayRef | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.hide();
    });
  }

  protected later(event: PointerEvent): void {
    if (event.pointerType === 'touch') return;
    this.timer = setTimeout(() => {
      this.show();
    }, HOVER_DELAY_MS);
  }

  protected focused(): void {
    if (this.element.nativeElement.matches(':focus-visible')) this.show();
  }

  protected hide(): void {
    clearTimeout(this.timer);
    this.overlay?.dispose();
    this.overlay = null;
  }

  private show(): void {
    if (this.overlay || this.uiTooltip() === '') return;
    const position = createFlexibleConnectedPositionStrategy(this.injector, this.element);
    this.overlay = createOverlayRef(this.injector, {
      positionStrategy: position.withPositions([
        { originX: 'center', originY: 'bottom', overlayX: 'center', overlayY: 'top', offsetY: 6 },
        { originX: 'center', originY: 'top', overlayX: 'center', overlayY: 'bottom', offsetY: -6 },
      ]),
      scrollStrategy: createCloseScrollStrategy(this.injector),
    });
    const panel = this.overlay.attach(new ComponentPortal(TooltipPanel));
    panel.instance.text.set(this.uiTooltip());
    panel.changeDetectorRef.detectChanges();
    this.overlay.updatePosition();
  }
}
