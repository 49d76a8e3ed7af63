import { Component, computed, inject } from '@angular/core';
import { CdkMenu, CdkMenuItem, CdkMenuTrigger } from '@angular/cdk/menu';
import { Router } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { Icon } from '../ui/icon';
import { SigningOut } from './signing-out';

/** Who is signed in, and the way to the profile and out. */
@Component({
  selector: 'app-user-menu',
  imports: [CdkMenu, CdkMenuItem, CdkMenuTrigger, Icon],
  styles: `
    .who {
      display: flex;
      align-items: center;
      gap: 10px;
      max-width: 100%;
      padding: 4px 8px 4px 4px;
      border-radius: var(--radius-m);
      text-align: start;
    }
    .who:hover,
    .who[aria-expanded='true'] {
      background: var(--hover);
    }
    .initial {
      display: grid;
      place-items: center;
      flex: none;
      width: 28px;
      height: 28px;
      border-radius: 50%;
      background: var(--accent-solid);
      color: oklch(1 0 0);
      font-size: 11px;
      font-weight: 600;
      text-transform: uppercase;
    }
    .words {
      min-width: 0;
      line-height: 16px;
    }
    b,
    small {
      display: block;
    }
    b {
      font-weight: 500;
    }
    small {
      font-size: 11px;
      color: var(--subtle);
    }
  `,
  template: `<button type="button" class="who" [cdkMenuTriggerFor]="menu">
      <span class="initial" aria-hidden="true">{{ name().slice(0, 1) }}</span>
      <span class="words">
        <b class="truncate">{{ name() }}</b>
        <small class="truncate">{{ role() }}</small>
      </span>
    </button>
    <ng-template #menu>
      <div class="menu" cdkMenu [attr.aria-label]="t('shell.account', { name: name() })">
        <button type="button" class="menu-item" cdkMenuItem (cdkMenuItemTriggered)="profile()">
          <svg uiIcon="user"></svg>{{ t('nav.profile') }}
        </button>
        <div class="menu-separator" role="separator"></div>
        <button type="button" class="menu-item" cdkMenuItem (cdkMenuItemTriggered)="signOut()">
          <svg uiIcon="sign-out"></svg>{{ t('shell.signOut') }}
        </button>
      </div>
    </ng-template>`,
})
export class UserMenu {
  private readonly session = inject(SessionStore);
  private readonly router = inject(Router);
  private readonly leaving = inject(SigningOut);
  protected readonly t = injectTranslate();
  protected readonly name = computed(() => this.session.session()?.login ?? '');
  protected readonly role = computed(() => {
    const role = this.session.session()?.role;
    return role === undefined ? '' : this.t(`role.${role}`);
  });

  protected profile(): void {
    void this.router.navigateByUrl('/profile');
  }

  protected signOut(): void {
    void this.leaving.signOut();
  }
}
