import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { CdkConnectedOverlay, CdkOverlayOrigin } from '@angular/cdk/overlay';
import type { ConnectedPosition } from '@angular/cdk/overlay';
import { CdkTrapFocus } from '@angular/cdk/a11y';
import type { OperationSummary } from '../platform/api/generated/models/operation-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { Clock } from '../platform/time/clock';
import { Button } from '../ui/button';
import { ErrorState } from '../ui/error-state';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';
import { OPERATION_STATUS } from '../ui/status';
import { followOperations } from './operation-list';
import { hasEnded } from './operation-feed';
import { operationTitle } from './operation-words';

/** Operations looked at: the newest. */
const NEWEST = 30;

/** Listed at once. */
const LISTED = 8;

/** How long one that failed is counted at the button, in milliseconds. */
const FRESH_MS = 15 * 60_000;

/**
 * The long jobs at hand on every page: how many run, and the newest ones with the way to each. Loaded apart
 * from the frame.
 */
@Component({
  selector: 'app-operations-tray',
  imports: [
    Button,
    CdkConnectedOverlay,
    CdkOverlayOrigin,
    CdkTrapFocus,
    ErrorState,
    Icon,
    RelativeTime,
    RouterLink,
  ],
  styleUrl: './operations-tray.css',
  template: `<button
      #origin="cdkOverlayOrigin"
      cdkOverlayOrigin
      uiButton="ghost"
      icon="list"
      [attr.aria-label]="label()"
      [attr.aria-expanded]="isOpen()"
      aria-haspopup="dialog"
      (click)="isOpen.set(!isOpen())"
    >
      @if (running().length > 0) {
        <span class="count number">{{ running().length }}</span>
      } @else if (failed() > 0) {
        <span class="count bad number">{{ failed() }}</span>
      }
    </button>
    <span class="cdk-visually-hidden" role="status">{{ spoken() }}</span>
    <ng-template
      cdkConnectedOverlay
      [cdkConnectedOverlayOrigin]="origin"
      [cdkConnectedOverlayOpen]="isOpen()"
      [cdkConnectedOverlayPositions]="positions"
      (overlayOutsideClick)="outside($event, origin)"
      (overlayKeydown)="key($event)"
      (detach)="isOpen.set(false)"
    >
      <div
        class="tray"
        role="dialog"
        [attr.aria-label]="t('nav.operations')"
        cdkTrapFocus
        [cdkTrapFocusAutoCapture]="true"
      >
        <div class="head">
          <h2>{{ t('nav.operations') }}</h2>
          <a class="link" routerLink="/operations" (click)="isOpen.set(false)">{{
            t('operations.all')
          }}</a>
        </div>
        @if (list.problem(); as problem) {
          <ui-error-state [error]="problem" (retry)="list.reload()" />
        }
        <ul>
          @for (operation of listed(); track operation.id) {
            <li>
              <a [routerLink]="['/operations', operation.id]" (click)="isOpen.set(false)">
                <svg
                  [uiIcon]="looks[operation.state].icon"
                  [class.spin]="looks[operation.state].active"
                  [style.color]="'var(--' + looks[operation.state].tone + ')'"
                ></svg>
                <strong class="truncate">{{ titleOf(operation) }}</strong>
                <span class="small muted number"
                  ><ui-relative-time [at]="operation.created_at"
                /></span>
                <span class="where small muted truncate"
                  >{{ t(looks[operation.state].label) }} · {{ operation.server_name }}</span
                >
              </a>
            </li>
          } @empty {
            @if (list.items() && !list.problem()) {
              <li class="none muted">{{ t('operations.empty') }}</li>
            }
          }
        </ul>
      </div>
    </ng-template>`,
})
export class OperationsTray {
  private readonly clock = inject(Clock);
  protected readonly t = injectTranslate();
  protected readonly looks = OPERATION_STATUS;
  protected readonly isOpen = signal(false);
  protected readonly list = followOperations(() => ({ limit: NEWEST }));
  protected readonly positions: ConnectedPosition[] = [
    { originX: 'end', originY: 'bottom', overlayX: 'end', overlayY: 'top', offsetY: 6 },
  ];
  protected readonly running = computed(() =>
    (this.list.items() ?? []).filter((operation) => !hasEnded(operation)),
  );
  protected readonly failed = computed(
    () =>
      (this.list.items() ?? []).filter(
        ({ state, finished_at: end }) =>
          (state === 'failed' || state === 'cleanup_pending') &&
          end !== null &&
          this.clock.now() - Date.parse(end) < FRESH_MS,
      ).length,
  );
  /** What runs stands first. */
  protected readonly listed = computed(() => {
    const ended = (this.list.items() ?? []).filter(hasEnded);
    return [...this.running(), ...ended].slice(0, LISTED);
  });
  /** Nothing until it is known. */
  protected readonly spoken = computed(() =>
    this.list.items() ? this.t('operations.running', { n: this.running().length }) : '',
  );
  /** Names the number on the button: it is all that is seen. */
  protected readonly label = computed(() => {
    const failed = this.running().length === 0 ? this.failed() : 0;
    const told = failed > 0 ? this.t('operations.failedLately', { n: failed }) : this.spoken();
    return [this.t('nav.operations'), told].filter((words) => words !== '').join(': ');
  });

  protected titleOf({ type }: OperationSummary): string {
    return operationTitle(this.t, type);
  }

  protected key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.isOpen.set(false);
  }

  protected outside(event: MouseEvent, origin: CdkOverlayOrigin): void {
    const button = origin.elementRef.nativeElement as HTMLElement;
    if (!(event.target instanceof Node && button.contains(event.target))) this.isOpen.set(false);
  }
}
