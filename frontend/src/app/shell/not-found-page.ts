import { Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';

/** An address that leads nowhere. */
@Component({
  selector: 'app-not-found-page',
  imports: [Button, EmptyState, RouterLink],
  template: `<ui-empty-state
    icon="help"
    [level]="1"
    [heading]="t('notFound.title')"
    [body]="t('notFound.body')"
  >
    <a uiButton="primary" routerLink="/">{{ t('notFound.action') }}</a>
  </ui-empty-state>`,
})
export class NotFoundPage {
  protected readonly t = injectTranslate();
}
