import { Component } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { PageHeader } from '../ui/page-header';
import { TokenList } from './token-list';
import { UserList } from './user-list';

/** Who and what may use this manager. */
@Component({
  selector: 'app-access-page',
  imports: [PageHeader, TokenList, UserList],
  styles: `
    .page {
      max-width: 1040px;
      margin: 0 auto;
      width: 100%;
    }
  `,
  template: `<div class="page">
    <ui-page-header [heading]="t('nav.access')" [note]="t('users.intro')" />
    <app-user-list />
    <app-token-list />
  </div>`,
})
export class AccessPage {
  protected readonly t = injectTranslate();
}
