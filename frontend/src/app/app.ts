import { Component, effect, inject } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { OverlayContainer } from '@angular/cdk/overlay';
import { RouterOutlet } from '@angular/router';
import { injectTranslate } from './platform/i18n/i18n';
import { SessionStore } from './platform/session/session-store';
import { ErrorState } from './ui/error-state';
import { ToastOutlet } from './ui/toasts';

/** How long until the manager is asked again while it does not answer, in milliseconds. */
const RETRY_MS = 5000;

/** The root: the page, the notes, and what is shown when the manager could not be asked at all. */
@Component({
  selector: 'app-root',
  imports: [ErrorState, RouterOutlet, ToastOutlet],
  styles: `
    main {
      max-width: 560px;
      margin: 15vh auto;
      padding: 0 16px;
    }
  `,
  template: `@if (session.state() === 'failed') {
      <main>
        <h1 class="cdk-visually-hidden">MyX</h1>
        <ui-error-state [error]="session.problem()" (retry)="retry()" />
      </main>
    } @else {
      <router-outlet />
    }
    <ui-toasts />`,
})
export class App {
  protected readonly session = inject(SessionStore);
  private readonly document = inject(DOCUMENT);

  constructor() {
    this.labelOverlays();
    effect((onCleanup) => {
      if (this.session.problem()?.isUnreachable !== true) return;
      const timer = setTimeout(() => void this.retry(), RETRY_MS);
      onCleanup(() => {
        clearTimeout(timer);
      });
    });
  }

  /** Menus and tips live outside the page; a landmark of their own keeps them findable. */
  private labelOverlays(): void {
    const t = injectTranslate();
    const overlays = inject(OverlayContainer).getContainerElement();
    overlays.setAttribute('role', 'region');
    effect(() => {
      overlays.setAttribute('aria-label', t('ui.overlay'));
    });
  }

  protected async retry(): Promise<void> {
    await this.session.load();
    // From the start, as if it had answered at once: the guards decide where to go.
    if (this.session.state() !== 'failed') this.document.location.reload();
  }
}
