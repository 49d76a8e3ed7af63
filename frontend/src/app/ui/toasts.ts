import { Component, Injectable, inject, signal } from '@angular/core';
import { LiveAnnouncer } from '@angular/cdk/a11y';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from './button';
import { Icon } from './icon';

/** A short note about something that happened. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'ok' | 'bad' | 'info';
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** How long a note stays, in milliseconds. Notes about failures stay until they are closed. */
const STAY_MS = 6000;
const MOST = 3;

/** Shows short notes and tells them to screen readers. */
@Injectable({ providedIn: 'root' })
export class Toasts {
  private readonly announcer = inject(LiveAnnouncer);
  private readonly shown = signal<readonly Toast[]>([]);
  private lastId = 0;

  readonly list = this.shown.asReadonly();

  show(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
    this.lastId += 1;
    const toast: Toast = { tone: 'ok', ...options, id: this.lastId, text };
    this.shown.update((list) => [...list, toast].slice(-MOST));
    const isFailure = toast.tone === 'bad';
    void this.announcer.announce(text, isFailure ? 'assertive' : 'polite');
    if (!isFailure)
      setTimeout(() => {
        this.close(toast.id);
      }, STAY_MS);
  }

  close(id: number): void {
    this.shown.update((list) => list.filter((toast) => toast.id !== id));
  }
}

/** The place where notes appear. Once, in the root component. */
@Component({
  selector: 'ui-toasts',
  host: { role: 'region', '[attr.aria-label]': "t('ui.notes')" },
  imports: [Button, Icon],
  styles: `
    :host {
      position: fixed;
      z-index: 1100;
      bottom: 16px;
      left: 50%;
      translate: -50% 0;
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: 8px;
      width: max-content;
      max-width: calc(100vw - 24px);
    }
    .toast {
      display: flex;
      align-items: center;
      gap: 10px;
      min-height: 44px;
      padding: 6px 6px 6px 14px;
      border-radius: var(--radius-l);
      background: var(--raised);
      box-shadow: var(--shadow-pop);
      animation: rise 0.16s var(--ease);
    }
    .toast > svg.ok {
      color: var(--ok);
    }
    .toast > svg.bad {
      color: var(--bad);
    }
    .toast > svg.info {
      color: var(--info);
    }
  `,
  template: `@for (toast of toasts.list(); track toast.id) {
    <div class="toast">
      <svg
        [uiIcon]="toast.tone === 'ok' ? 'circle-check' : toast.tone === 'bad' ? 'circle-x' : 'info'"
        [class]="toast.tone"
      ></svg>
      <span>{{ toast.text }}</span>
      @if (toast.action; as action) {
        <button uiButton="ghost" size="small" (click)="action.run(); toasts.close(toast.id)">
          {{ action.label }}
        </button>
      }
      <button
        uiButton="ghost"
        size="small"
        icon="x"
        square
        [attr.aria-label]="t('ui.dismiss')"
        (click)="toasts.close(toast.id)"
      ></button>
    </div>
  }`,
})
export class ToastOutlet {
  protected readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
}
