import { Component, inject, output } from '@angular/core';
import { NavigationEnd, Router, RouterLink } from '@angular/router';
import { toSignal } from '@angular/core/rxjs-interop';
import { filter, map } from 'rxjs';
import { AlarmBadge } from '../health/alarm-badge';
import { injectTranslate } from '../platform/i18n/i18n';
import { Icon } from '../ui/icon';
import { Kbd } from '../ui/kbd';
import { ConnectionState } from './connection-state';
import { isAt } from './navigation';
import type { NavigationItem } from './navigation';
import { NavigationStore } from './navigation-store';
import { UserMenu } from './user-menu';

/** Name, search, the pages by group, and who is signed in. */
@Component({
  selector: 'app-side-nav',
  imports: [AlarmBadge, ConnectionState, Icon, Kbd, RouterLink, UserMenu],
  styleUrl: './side-nav.css',
  template: `<nav [attr.aria-label]="t('nav.label')">
      <a class="brand" routerLink="/" (click)="left.emit()">
        <img src="/favicon.svg" alt="" width="24" height="24" />
        <strong>MyX</strong>
      </a>
      <button type="button" class="search" (click)="searched.emit()">
        <svg uiIcon="search"></svg><span class="truncate">{{ t('shell.search') }}</span>
        <ui-kbd keys="mod+k" />
      </button>
      <div class="pages">
        @for (group of navigation.groups(); track group.label) {
          <h2>{{ t(group.label) }}</h2>
          <ul>
            @for (item of group.items; track item.path) {
              <li>
                <a
                  [routerLink]="'/' + item.path"
                  [class.on]="isHere(item)"
                  [attr.aria-current]="isHere(item) ? 'page' : null"
                  (click)="left.emit()"
                >
                  <svg [uiIcon]="item.icon"></svg>{{ t(item.label) }}
                  @if (item.path === 'health') {
                    @defer (on idle) {
                      <app-alarm-badge />
                    }
                  }
                </a>
              </li>
            }
          </ul>
        }
      </div>
    </nav>
    <footer><app-user-menu /><app-connection-state /></footer>`,
})
export class SideNav {
  /** A page was chosen: the drawer of small screens closes. */
  readonly left = output();
  readonly searched = output();
  protected readonly navigation = inject(NavigationStore);
  protected readonly t = injectTranslate();
  private readonly router = inject(Router);
  private readonly url = toSignal(
    this.router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(() => this.router.url),
    ),
    { initialValue: this.router.url },
  );

  protected isHere(item: NavigationItem): boolean {
    return isAt(item, this.url());
  }
}
