import { Component, inject, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { OperationsTray } from '../operations/operations-tray';
import { PageTitle } from '../platform/page/page-title';
import { SessionStore } from '../platform/session/session-store';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { PreferenceMenus } from './preference-menus';

/** Path to the page, and what is at hand everywhere. */
@Component({
  selector: 'app-top-bar',
  imports: [Button, Icon, OperationsTray, PreferenceMenus, RouterLink],
  styles: `
    :host {
      display: flex;
      align-items: center;
      gap: 4px;
      height: 52px;
      padding: 0 calc(var(--page-inset) - 8px) 0 var(--page-inset);
      border-bottom: 1px solid var(--line);
      background: var(--canvas);
    }
    nav {
      flex: 1;
      min-width: 0;
    }
    ol {
      display: flex;
      align-items: center;
      gap: 6px;
    }
    li {
      display: flex;
      align-items: center;
      gap: 6px;
      min-width: 0;
    }
    li svg {
      width: 14px;
      height: 14px;
      color: var(--subtle);
    }
    a {
      color: var(--muted);
      border-radius: 4px;
    }
    a:hover {
      color: var(--text);
    }
    .here {
      font-weight: 500;
    }
    .narrow {
      display: none;
    }
    @media (max-width: 899px) {
      :host {
        padding: 0 8px;
      }
      .narrow {
        display: inline-flex;
      }
      li:not(:last-child) {
        display: none;
      }
      li svg {
        display: none;
      }
      .here {
        font-size: 15px;
        padding-left: 4px;
      }
    }
  `,
  template: `<button
      uiButton="ghost"
      icon="menu"
      square
      class="narrow"
      [attr.aria-label]="t('nav.open')"
      (click)="menu.emit()"
    ></button>
    <nav [attr.aria-label]="t('nav.breadcrumb')">
      <ol>
        @for (crumb of title.crumbs(); track $index) {
          <li>
            @if ($index > 0) {
              <svg uiIcon="chevron-right"></svg>
            }
            @if (crumb.link; as link) {
              <a [routerLink]="link">{{ crumb.label }}</a>
            } @else {
              <span class="here truncate" aria-current="page">{{ crumb.label }}</span>
            }
          </li>
        }
      </ol>
    </nav>
    <button
      uiButton="ghost"
      icon="search"
      square
      class="narrow"
      [attr.aria-label]="t('shell.search')"
      (click)="searched.emit()"
    ></button>
    @if (session.can('operations:read')) {
      @defer (on idle) {
        <app-operations-tray />
      }
    }
    <app-preference-menus />`,
})
export class TopBar {
  readonly menu = output();
  readonly searched = output();
  protected readonly title = inject(PageTitle);
  protected readonly session = inject(SessionStore);
  protected readonly t = injectTranslate();
}
