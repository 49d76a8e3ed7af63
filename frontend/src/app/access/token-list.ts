import { Component, computed, inject, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { Api } from '../platform/api/generated/api';
import { listApiTokens } from '../platform/api/generated/fn/access/list-api-tokens';
import { revokeApiToken } from '../platform/api/generated/fn/access/revoke-api-token';
import type { ApiToken } from '../platform/api/generated/models/api-token';
import { injectTranslate } from '../platform/i18n/i18n';
import { liveList } from '../platform/live/live-list';
import { problemText } from '../platform/problem/problem-text';
import { Clock } from '../platform/time/clock';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Chip } from '../ui/chip';
import { Dialogs } from '../ui/dialogs';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';
import { Toasts } from '../ui/toasts';
import { TokenDialog } from './token-dialog';

const PAGE = 200;

/** From so many milliseconds before its end on, a token is marked. */
const SOON_MS = 7 * 86_400_000;

/** API tokens: what pipelines and scripts sign in with. */
@Component({
  selector: 'app-token-list',
  imports: [Button, Card, Chip, EmptyState, ErrorState, Icon, RelativeTime, Skeleton],
  styleUrl: './access-list.css',
  template: `<ui-card [heading]="t('tokens.title')" [note]="t('tokens.note')" icon="key" flush>
    <button uiCardActions uiButton icon="plus" (click)="add()">
      {{ t('tokens.add') }}
    </button>
    @if (list.problem(); as problem) {
      <div class="padded"><ui-error-state [error]="problem" (retry)="list.reload()" /></div>
    }
    @if (list.items(); as tokens) {
      @if (tokens.length === 0) {
        <ui-empty-state icon="key" [heading]="t('tokens.empty')" [body]="t('tokens.emptyBody')" />
      } @else {
        <ul>
          @for (token of tokens; track token.id) {
            <li>
              <svg uiIcon="key"></svg>
              <div class="words">
                <span class="name"
                  ><strong>{{ token.name }}</strong>
                  <code class="muted">myx_{{ token.prefix }}…</code>
                  @if (stateOf(token); as state) {
                    <span class="state"><svg uiIcon="warning"></svg>{{ state }}</span>
                  }
                </span>
                <span class="small muted number">
                  {{ t('tokens.lastUsed') }} <ui-relative-time [at]="token.last_used_at" /> ·
                  {{ t('tokens.expires') }} <ui-relative-time [at]="token.expires_at" />
                  @if (token.owner_id === null) {
                    · {{ t('tokens.fromCli') }}
                  }
                </span>
              </div>
              <ui-chip [value]="roleOf(token)" />
              <button
                uiButton="danger"
                size="small"
                [busy]="revoking() === token.id"
                [attr.aria-label]="t('tokens.revokeOf', { name: token.name })"
                (click)="revoke(token)"
              >
                {{ t('tokens.revoke') }}
              </button>
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
      }
    } @else if (!list.problem()) {
      <div class="padded"><ui-skeleton [lines]="4" /></div>
    }
  </ui-card>`,
})
export class TokenList {
  private readonly api = inject(Api);
  private readonly dialogs = inject(Dialogs);
  private readonly toasts = inject(Toasts);
  private readonly clock = inject(Clock);
  protected readonly t = injectTranslate();
  protected readonly revoking = signal<string | null>(null);
  protected readonly list = liveList<ApiToken, null>({
    query: () => null,
    page: (_query, cursor) =>
      this.api.invoke(listApiTokens, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }),
    idOf: ({ id }) => id,
  });
  /** To the minute: tokens end by the day. */
  private readonly now = computed(() => Math.floor(this.clock.now() / 60_000) * 60_000);

  protected stateOf({ expires_at: end }: ApiToken): string | null {
    const left = Date.parse(end) - this.now();
    if (left <= 0) return this.t('tokens.expired');
    return left < SOON_MS ? this.t('tokens.soon') : null;
  }

  protected roleOf({ role }: ApiToken): string {
    return this.t(`role.${role}`);
  }

  protected async add(): Promise<void> {
    const ref = this.dialogs.open<boolean, undefined, TokenDialog>(TokenDialog, { width: '560px' });
    await firstValueFrom(ref.closed);
    // Also after a cancel: it may have been made and then closed by the cross.
    await this.list.reload();
  }

  protected async revoke(token: ApiToken): Promise<void> {
    const sure = await this.dialogs.confirm({
      title: this.t('tokens.revokeTitle', { name: token.name }),
      body: this.t('tokens.revokeBody'),
      action: this.t('tokens.revoke'),
    });
    if (!sure) return;
    this.revoking.set(token.id);
    try {
      await this.api.invoke(revokeApiToken, { id: token.id });
      this.toasts.show(this.t('tokens.revoked', { name: token.name }));
    } catch (error) {
      this.toasts.show(problemText(error, this.t).detail, { tone: 'bad' });
    } finally {
      this.revoking.set(null);
      await this.list.reload();
    }
  }
}
