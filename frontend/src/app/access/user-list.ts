import { Component, computed, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { Api } from '../platform/api/generated/api';
import { listUsers } from '../platform/api/generated/fn/access/list-users';
import { updateUser } from '../platform/api/generated/fn/access/update-user';
import type { User } from '../platform/api/generated/models/user';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveList } from '../platform/live/live-list';
import { problemText } from '../platform/problem/problem-text';
import { SessionStore } from '../platform/session/session-store';
import { ActionMenu } from '../ui/action-menu';
import type { MenuAction } from '../ui/action-menu';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Chip } from '../ui/chip';
import { Dialogs } from '../ui/dialogs';
import { ErrorState } from '../ui/error-state';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';
import { Toasts } from '../ui/toasts';
import { ResetDialog } from './reset-dialog';
import { RoleDialog } from './role-dialog';
import { UserDialog } from './user-dialog';

const PAGE = 200;

/** Who may sign in, and what they may do. */
@Component({
  selector: 'app-user-list',
  imports: [ActionMenu, Button, Card, Chip, ErrorState, Icon, RelativeTime, Skeleton],
  styleUrl: './access-list.css',
  template: `<ui-card [heading]="t('users.title')" [note]="t('users.note')" icon="users" flush>
    <button uiCardActions uiButton="primary" icon="plus" (click)="add()">
      {{ t('users.add') }}
    </button>
    @if (list.problem(); as problem) {
      <div class="padded"><ui-error-state [error]="problem" (retry)="list.reload()" /></div>
    }
    @if (list.items(); as users) {
      <ul>
        @for (user of users; track user.id) {
          <li [class.off]="user.disabled">
            <span class="avatar" aria-hidden="true">{{ user.login.charAt(0).toUpperCase() }}</span>
            <div class="words">
              <span class="name"
                ><strong>{{ user.login }}</strong>
                @if (user.id === me()) {
                  <span class="small muted">{{ t('users.you') }}</span>
                }
                @if (user.disabled) {
                  <span class="state small"><svg uiIcon="ban"></svg>{{ t('users.disabled') }}</span>
                }
              </span>
              <span class="small muted number">
                {{ t('users.lastLogin') }} <ui-relative-time [at]="user.last_login_at" /> ·
                {{ t('users.createdAt') }} <ui-relative-time [at]="user.created_at" />
              </span>
            </div>
            <ui-chip [value]="roleOf(user)" />
            <ui-action-menu
              [label]="t('users.actionsOf', { name: user.login })"
              [actions]="actions().get(user.id) ?? []"
            />
          </li>
        }
      </ul>
      @if (list.hasMore()) {
        <div class="padded">
          <button uiButton [busy]="list.isLoadingMore()" (click)="list.more()">
            {{ t('access.more') }}
          </button>
        </div>
      }
    } @else if (!list.problem()) {
      <div class="padded"><ui-skeleton [lines]="4" /></div>
    }
  </ui-card>`,
})
export class UserList {
  private readonly api = inject(Api);
  private readonly dialogs = inject(Dialogs);
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly me = computed(() => this.session.session()?.id ?? '');
  protected readonly list = liveList<User, null>({
    query: () => null,
    page: (_query, cursor) =>
      this.api.invoke(listUsers, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }),
    idOf: ({ id }) => id,
  });
  protected readonly actions = computed(
    () => new Map((this.list.items() ?? []).map((user) => [user.id, this.actionsOf(user)])),
  );

  protected roleOf({ role }: User): string {
    return this.t(`role.${role}`);
  }

  protected async add(): Promise<void> {
    const ref = this.dialogs.open<User, undefined, UserDialog>(UserDialog, {
      width: '520px',
      keepOpen: true,
    });
    const user = await firstValueFrom(ref.closed);
    if (user) await this.done(this.t('users.added', { name: user.login }));
  }

  private actionsOf(user: User): readonly MenuAction[] {
    const isMe = user.id === this.me();
    return [
      {
        label: this.t('users.changeRole'),
        icon: 'shield-check',
        run: () => void this.changeRole(user),
      },
      { label: this.t('users.reset'), icon: 'key', run: () => void this.reset(user) },
      user.disabled
        ? {
            label: this.t('users.enable'),
            icon: 'check',
            separated: true,
            run: () => void this.enable(user),
          }
        : {
            label: this.t('users.disable'),
            icon: 'ban',
            separated: true,
            danger: true,
            // Nobody locks themselves out by a slip.
            disabled: isMe,
            run: () => void this.disable(user),
          },
    ];
  }

  private async changeRole(user: User): Promise<void> {
    const ref = this.dialogs.open<User, User, RoleDialog>(RoleDialog, { data: user });
    const changed = await firstValueFrom(ref.closed);
    if (!changed) return;
    const role = this.t(`role.${changed.role}`);
    await this.done(this.t('users.roleChanged', { name: user.login, role }));
  }

  private async reset(user: User): Promise<void> {
    const ref = this.dialogs.open<User, User, ResetDialog>(ResetDialog, {
      data: user,
      keepOpen: true,
    });
    if (await firstValueFrom(ref.closed)) {
      await this.done(this.t('users.resetDone', { name: user.login }));
    }
  }

  private async disable(user: User): Promise<void> {
    const sure = await this.dialogs.confirm({
      title: this.t('users.disableTitle', { name: user.login }),
      body: this.t('users.disableBody'),
      consequences: [this.t('users.disableSessions'), this.t('users.disableTokens')],
      action: this.t('users.disable'),
    });
    if (sure) await this.change(user, true, this.t('users.disabledDone', { name: user.login }));
  }

  private enable(user: User): Promise<void> {
    return this.change(user, false, this.t('users.enabledDone', { name: user.login }));
  }

  private async change(user: User, disabled: boolean, said: string): Promise<void> {
    try {
      await this.api.invoke(updateUser, { id: user.id, body: { disabled } });
    } catch (error) {
      this.toasts.show(problemText(error, this.t).detail, { tone: 'bad' });
      return;
    }
    await this.done(said);
  }

  private async done(said: string): Promise<void> {
    this.toasts.show(said);
    await this.list.reload();
  }
}
