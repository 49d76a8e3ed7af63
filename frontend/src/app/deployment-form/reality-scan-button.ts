import { Component, inject, input, output } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { Dialogs } from '../ui/dialogs';
import type { FormServer } from './form-state';
import type { RealityScanDialog } from './reality-scan-dialog';

/** Looks for sites that REALITY can look like, from a server, and takes one. */
@Component({
  selector: 'app-reality-scan-button',
  imports: [Button],
  template: `<button uiButton icon="search" (click)="open()">{{ t('scan.open') }}</button>`,
})
export class RealityScanButton {
  readonly servers = input.required<readonly FormServer[]>();
  readonly chosen = output<string>();

  private readonly dialogs = inject(Dialogs);
  protected readonly t = injectTranslate();

  protected async open(): Promise<void> {
    const { RealityScanDialog: dialog } = await import('./reality-scan-dialog');
    const ref = this.dialogs.open<string, readonly FormServer[], RealityScanDialog>(dialog, {
      data: this.servers(),
      width: '860px',
      onTop: true,
    });
    const target = await firstValueFrom(ref.closed);
    if (target !== undefined) this.chosen.emit(target);
  }
}
