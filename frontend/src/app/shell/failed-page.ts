import { Component, inject } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';

/** A page whose code could not be fetched, as after an update of the manager. */
@Component({
  selector: 'app-failed-page',
  imports: [Button, EmptyState],
  template: `<main>
    <ui-empty-state
      icon="unplug"
      [level]="1"
      [heading]="t('failed.title')"
      [body]="t('failed.body')"
    >
      <button uiButton="primary" icon="refresh" (click)="reload()">{{ t('failed.action') }}</button>
    </ui-empty-state>
  </main>`,
})
export class FailedPage {
  private readonly document = inject(DOCUMENT);
  protected readonly t = injectTranslate();

  protected reload(): void {
    this.document.location.reload();
  }
}
