import { Injectable, inject } from '@angular/core';
import type { Type } from '@angular/core';
import { Dialog } from '@angular/cdk/dialog';
import type { DialogRef } from '@angular/cdk/dialog';
import { _IdGenerator } from '@angular/cdk/a11y';
import { firstValueFrom } from 'rxjs';
import { ConfirmDialog } from './confirm-dialog';
import type { Confirmation } from './confirm-dialog';

/** How a dialog is opened. */
export interface DialogOptions<Data> {
  readonly data?: Data;
  /** CSS length; never wider than the screen. */
  readonly width?: string;
  /** Escape and a click beside it do not close it: for input that would be lost. */
  readonly keepOpen?: boolean;
  /** Near the top rather than in the middle, where its height changes. */
  readonly onTop?: boolean;
}

/**
 * Opens dialogs whose outer element is a `ui-dialog-frame`. Focus is trapped inside and goes back to
 * where it was.
 */
@Injectable({ providedIn: 'root' })
export class Dialogs {
  private readonly dialog = inject(Dialog);
  private readonly ids = inject(_IdGenerator);

  open<Result, Data, Component>(
    component: Type<Component>,
    { data, width = '480px', keepOpen = false, onTop = false }: DialogOptions<Data> = {},
  ): DialogRef<Result, Component> {
    const ref = this.dialog.open<Result, Data, Component>(component, {
      ...(data === undefined ? {} : { data }),
      ariaLabelledBy: this.ids.getId('dialog-heading-'),
      ariaModal: true,
      backdropClass: 'scrim',
      panelClass: onTop ? ['dialog-panel', 'dialog-panel-top'] : 'dialog-panel',
      disableClose: keepOpen,
      autoFocus: '[autofocus], input:not([type=hidden]), select, textarea, [data-autofocus]',
    });
    ref.overlayRef.overlayElement.style.setProperty('--dialog-width', width);
    return ref;
  }

  /** Asks before something that cannot be taken back. False when it was closed in any other way. */
  async confirm(confirmation: Confirmation): Promise<boolean> {
    const ref = this.open<boolean, Confirmation, ConfirmDialog>(ConfirmDialog, {
      data: confirmation,
    });
    return (await firstValueFrom(ref.closed)) === true;
  }
}
