import { Component, inject, input, signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { LiveAnnouncer } from '@angular/cdk/a11y';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from './button';
import { Toasts } from './toasts';
import { copyText } from './copy-text';
import { Tooltip } from './tooltip';

const DONE_MS = 1400;

/** Copies a value and says so. */
@Component({
  selector: 'ui-copy-button',
  imports: [Button, Tooltip],
  styles: `
    :host {
      display: inline-flex;
      vertical-align: middle;
    }
    .done {
      color: var(--ok);
    }
  `,
  template: `<button
    uiButton="ghost"
    size="small"
    square
    [icon]="done() ? 'check' : 'copy'"
    [class.done]="done()"
    [attr.aria-label]="label()"
    [uiTooltip]="done() ? t('ui.copied') : label()"
    (click)="copy($event)"
  ></button>`,
})
export class CopyButton {
  readonly value = input.required<string>();
  /** What it copies, such as "Copy address". */
  readonly label = input.required<string>();
  protected readonly done = signal(false);
  protected readonly t = injectTranslate();
  private readonly document = inject(DOCUMENT);
  private readonly announcer = inject(LiveAnnouncer);
  private readonly toasts = inject(Toasts);

  protected async copy(event: Event): Promise<void> {
    event.stopPropagation();
    if (!(await copyText(this.document, this.value()))) {
      this.toasts.show(this.t('ui.copyFailed'), { tone: 'bad' });
      return;
    }
    this.done.set(true);
    await this.announcer.announce(this.t('ui.copied'));
    setTimeout(() => {
      this.done.set(false);
    }, DONE_MS);
  }
}
