import { Component, inject, resource, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { endSession } from '../platform/api/generated/fn/access/end-session';
import { listSessions } from '../platform/api/generated/fn/access/list-sessions';
import type { Session } from '../platform/api/generated/models/session';
import { injectTranslate } from '../platform/i18n/i18n';
import { problemText } from '../platform/problem/problem-text';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Dialogs } from '../ui/dialogs';
import { ErrorState } from '../ui/error-state';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';
import { Skeleton } from '../ui/skeleton';
import { Toasts } from '../ui/toasts';
import { deviceOf } from './user-agent';

/** Where the signed-in person is signed in, and the way to end what they do not recognise. */
@Component({
  selector: 'app-session-list',
  imports: [Button, Card, ErrorState, Icon, RelativeTime, Skeleton],
  styles: `
    .waiting {
      padding: 16px;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 12px;
      padding: 12px 16px;
      border-bottom: 1px solid var(--line);
    }
    li:last-child {
      border-bottom: 0;
    }
    li > svg {
      color: var(--subtle);
    }
    .words {
      flex: 1;
      min-width: 200px;
    }
    .here {
      display: inline-flex;
      align-items: center;
      gap: 5px;
      font-size: 12px;
      font-weight: 500;
      color: var(--ok);
    }
    .here svg {
      width: 13px;
      height: 13px;
    }
  `,
  template: `<ui-card [heading]="t('profile.sessions')" [note]="t('profile.sessionsIntro')" flush>
    @if (sessions.error(); as error) {
      <div class="waiting"><ui-error-state [error]="error" (retry)="sessions.reload()" /></div>
    } @else if (sessions.hasValue()) {
      <ul>
        @for (session of sessions.value().items; track session.id) {
          <li>
            <svg uiIcon="monitor"></svg>
            <div class="words">
              <strong>{{ device(session) }}</strong>
              <p class="small muted number">
                {{ session.address ?? '–' }} · {{ t('profile.lastSeen') }}
                <ui-relative-time [at]="session.last_seen_at" /> · {{ t('profile.expires') }}
                <ui-relative-time [at]="session.expires_at" />
              </p>
            </div>
            @if (session.current) {
              <span class="here"><svg uiIcon="check"></svg>{{ t('profile.thisDevice') }}</span>
            } @else {
              <button
                uiButton="danger"
                size="small"
                [busy]="ending() === session.id"
                [attr.aria-label]="t('profile.endOf', { device: device(session) })"
                (click)="end(session)"
              >
                {{ t('profile.end') }}
              </button>
            }
          </li>
        }
      </ul>
    } @else {
      <div class="waiting"><ui-skeleton [lines]="4" /></div>
    }
  </ui-card>`,
})
export class SessionList {
  private readonly api = inject(Api);
  private readonly dialogs = inject(Dialogs);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly ending = signal<string | null>(null);
  protected readonly sessions = resource({ loader: () => this.api.invoke(listSessions) });

  /** Asks the manager again, such as after other sessions were ended by a new password. */
  reload(): void {
    this.sessions.reload();
  }

  protected device(session: Session): string {
    const device = deviceOf(session.user_agent);
    return device
      ? this.t('profile.on', { browser: device.browser, system: device.system })
      : (session.user_agent ?? this.t('profile.unknownDevice'));
  }

  protected async end(session: Session): Promise<void> {
    const device = this.device(session);
    const sure = await this.dialogs.confirm({
      title: this.t('profile.endTitle', { device }),
      body: this.t('profile.endBody', { address: session.address ?? '–' }),
      action: this.t('profile.end'),
    });
    if (!sure) return;
    this.ending.set(session.id);
    try {
      await this.api.invoke(endSession, { id: session.id });
      this.toasts.show(this.t('profile.ended', { device }));
    } catch (error) {
      this.toasts.show(problemText(error, this.t).detail, { tone: 'bad' });
    } finally {
      this.ending.set(null);
      this.sessions.reload();
    }
  }
}
