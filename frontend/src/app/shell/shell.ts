import type { ElementRef } from '@angular/core';
import { Component, DestroyRef, effect, inject, signal, viewChild } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { NavigationEnd, Router, RouterOutlet } from '@angular/router';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { CdkTrapFocus } from '@angular/cdk/a11y';
import { filter, pairwise } from 'rxjs';
import { injectTranslate } from '../platform/i18n/i18n';
import { LiveConnection } from '../platform/live/live-connection';
import { Reachability } from '../platform/problem/reachability';
import { SessionStore } from '../platform/session/session-store';
import { Shortcuts } from '../platform/shortcuts/shortcuts';
import { Dialogs } from '../ui/dialogs';
import { NavigationStore } from './navigation-store';
import { OutageBanner } from './outage-banner';
import { SideNav } from './side-nav';
import { TopBar } from './top-bar';

/** The frame around every page of somebody who is signed in. */
@Component({
  selector: 'app-shell',
  imports: [CdkTrapFocus, OutageBanner, RouterOutlet, SideNav, TopBar],
  host: { '(document:keydown.escape)': 'drawer.set(false)' },
  styleUrl: './shell.css',
  template: `<a class="button button-primary skip-link" href="#main" (click)="skip($event)">{{
      t('shell.skip')
    }}</a>
    @if (drawer()) {
      <button
        type="button"
        class="shade"
        tabindex="-1"
        [attr.aria-label]="t('nav.close')"
        (click)="drawer.set(false)"
      ></button>
    }
    <div
      class="side"
      [class.open]="drawer()"
      [cdkTrapFocus]="drawer()"
      [cdkTrapFocusAutoCapture]="drawer()"
    >
      <app-side-nav (left)="drawer.set(false)" (searched)="palette()" />
    </div>
    <div class="main">
      <header><app-top-bar (menu)="drawer.set(true)" (searched)="palette()" /></header>
      <app-outage-banner />
      <main #main id="main" tabindex="-1"><router-outlet /></main>
    </div>`,
})
export class Shell {
  private readonly document = inject(DOCUMENT);
  private readonly router = inject(Router);
  private readonly dialogs = inject(Dialogs);
  private readonly shortcuts = inject(Shortcuts);
  private readonly navigation = inject(NavigationStore);
  private readonly mainElement = viewChild.required<ElementRef<HTMLElement>>('main');
  protected readonly t = injectTranslate();
  protected readonly drawer = signal(false);

  constructor() {
    const live = inject(LiveConnection);
    const session = inject(SessionStore);
    const reachability = inject(Reachability);
    live.start();
    effect(() => {
      if (live.state() === 'live') reachability.answered();
    });
    effect(() => {
      if (live.refused() > 0) void session.verify();
    });
    const unregister = this.registerShortcuts();
    inject(DestroyRef).onDestroy(() => {
      live.stop();
      for (const undo of unregister) undo();
    });
    this.focusPagesAfterNavigation();
  }

  protected skip(event: Event): void {
    event.preventDefault();
    this.mainElement().nativeElement.focus();
  }

  protected async palette(): Promise<void> {
    if (this.isCovered()) return;
    this.drawer.set(false);
    const { CommandPalette } = await import('./command-palette');
    if (this.isCovered()) return;
    this.dialogs.open(CommandPalette, { width: '600px', onTop: true });
  }

  private async help(): Promise<void> {
    const { ShortcutSheet } = await import('./shortcut-sheet');
    if (this.isCovered()) return;
    this.dialogs.open(ShortcutSheet, { width: '440px' });
  }

  /** Asked again once a dialog is fetched: keys may have been pressed twice meanwhile. */
  private isCovered(): boolean {
    return this.document.querySelector('[aria-modal="true"]') !== null;
  }

  private registerShortcuts(): (() => void)[] {
    return [
      this.shortcuts.register({
        keys: 'mod+k',
        label: 'shortcuts.palette',
        run: () => void this.palette(),
      }),
      this.shortcuts.register({ keys: '?', label: 'shortcuts.help', run: () => void this.help() }),
      ...this.navigation.pages().map(({ keys, label, path }) =>
        this.shortcuts.register({
          keys,
          label,
          run: () => void this.router.navigateByUrl(`/${path}`),
        }),
      ),
    ];
  }

  /** A new page is announced by its heading: screen readers and keys start there. Not on the first. */
  private focusPagesAfterNavigation(): void {
    const path = (url: string): string => url.replace(/[?#].*$/, '');
    this.router.events
      .pipe(
        filter((event) => event instanceof NavigationEnd),
        pairwise(),
        filter(
          ([before, after]) => path(before.urlAfterRedirects) !== path(after.urlAfterRedirects),
        ),
        takeUntilDestroyed(),
      )
      .subscribe(() => {
        this.drawer.set(false);
        this.mainElement().nativeElement.focus({ preventScroll: true });
      });
  }
}
