import { Component, inject, input } from '@angular/core';
import { DialogRef } from '@angular/cdk/dialog';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from './button';

/** Heading, scrolling body and a row of `[uiDialogActions]`. The outer element of every dialog. */
@Component({
  selector: 'ui-dialog-frame',
  imports: [Button],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      width: 100%;
      min-height: 0;
      /* Not inherited: the overlay above sets a share of a height that nothing has. */
      max-height: var(--dialog-height, calc(100dvh - 32px));
      border-radius: var(--radius-xl);
      background: var(--raised);
      box-shadow: var(--shadow-pop);
      overflow: hidden;
      animation: pop 0.16s var(--ease);
    }
    .top {
      display: flex;
      align-items: flex-start;
      gap: 12px;
      padding: 16px 12px 4px 20px;
    }
    h2 {
      flex: 1;
      padding-top: 4px;
      font-size: 16px;
      line-height: 22px;
      overflow-wrap: anywhere;
    }
    .body {
      padding: 4px 20px 20px;
      overflow-y: auto;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      justify-content: flex-end;
      gap: 8px;
      padding: 12px 20px;
      border-top: 1px solid var(--line);
      background: var(--sunken);
    }
    .actions:empty {
      display: none;
    }
  `,
  template: `<div class="top">
      <h2 [id]="headingId">{{ heading() }}</h2>
      <button
        uiButton="ghost"
        size="small"
        icon="x"
        square
        [attr.aria-label]="t('ui.close')"
        (click)="ref.close()"
      ></button>
    </div>
    <div class="body"><ng-content /></div>
    <div class="actions"><ng-content select="[uiDialogActions]" /></div>`,
})
export class DialogFrame {
  readonly heading = input.required<string>();
  protected readonly ref = inject<DialogRef>(DialogRef);
  protected readonly headingId = this.ref.config.ariaLabelledBy ?? '';
  protected readonly t = injectTranslate();
}
