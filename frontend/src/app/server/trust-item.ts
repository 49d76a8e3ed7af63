import {
  Component,
  booleanAttribute,
  computed,
  inject,
  input,
  linkedSignal,
  signal,
} from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { SessionStore } from '../platform/session/session-store';
import { HostKeyCheck } from '../ssh-login/host-key-check';
import type { PresentedKey } from '../ssh-login/host-key-check';
import { Button } from '../ui/button';
import { CheckField } from '../ui/check-field';
import { CodeBlock } from '../ui/code-block';
import { CopyButton } from '../ui/copy-button';
import { Dialogs } from '../ui/dialogs';
import { ErrorState } from '../ui/error-state';
import { Notice } from '../ui/notice';
import { Toasts } from '../ui/toasts';

/** How the agent's certificate is shown on the server itself. */
const CERTIFICATE_COMMAND =
  'openssl x509 -in /etc/myx-agent/ssl/agent.crt -noout -fingerprint -sha256';

/** One pinned proof: what is pinned, what is presented now, and the way to accept another. */
@Component({
  selector: 'app-trust-item',
  imports: [Button, CheckField, CodeBlock, CopyButton, ErrorState, HostKeyCheck, Notice],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 12px;
      padding: 14px 16px;
    }
    :host(:not(:first-child)) {
      border-top: 1px solid var(--line);
    }
    .pinned {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px 12px;
    }
    .words {
      flex: 1;
      min-width: 220px;
    }
    code {
      overflow-wrap: anywhere;
    }
    .other {
      display: flex;
      flex-direction: column;
      gap: 14px;
      padding: 14px;
      border: 1px solid var(--line);
      border-radius: var(--radius-m);
    }
  `,
  template: `<div class="pinned">
      <div class="words">
        <h3>{{ heading() }}</h3>
        @if (pinned(); as fingerprint) {
          <code>{{ fingerprint }}</code>
          <ui-copy-button [value]="fingerprint" [label]="t('login.copyFingerprint')" />
        } @else {
          <p class="muted">{{ t('trust.firstSeen') }}</p>
        }
      </div>
      @if (mayTrust()) {
        <button uiButton size="small" icon="fingerprint" [busy]="looking()" (click)="lookNow()">
          {{ t('trust.lookNow') }}
        </button>
      }
    </div>
    @if (changed() && !seen()) {
      <ui-notice tone="bad">{{ t('trust.changed') }}</ui-notice>
    }
    @if (problem(); as error) {
      <ui-error-state [error]="error" (retry)="lookNow()" />
    }
    @if (seen(); as key) {
      @if (key.fingerprint === pinned()) {
        <ui-notice tone="ok" alert>{{ t('trust.same') }}</ui-notice>
      } @else {
        <ui-notice tone="warn" alert>{{ t('trust.other') }}</ui-notice>
        <div class="other">
          @if (sshKey()) {
            <app-host-key-check [key]="key" [(accepted)]="accepted" />
          } @else {
            <code>{{ key.fingerprint }}</code>
            <p>{{ t('login.compareHow') }}</p>
            <ui-code-block [code]="certificateCommand" [label]="t('login.compareCommand')" />
            <ui-check-field
              [label]="t('login.compared')"
              [checked]="accepted() === key.fingerprint"
              (checkedChange)="accepted.set($event ? key.fingerprint : null)"
            />
          }
          <div>
            <button
              uiButton="danger"
              [busy]="accepting()"
              [disabled]="accepted() !== key.fingerprint"
              (click)="acceptSeen(key)"
            >
              {{ t('trust.accept') }}
            </button>
          </div>
        </div>
      }
    }`,
})
export class TrustItem {
  readonly heading = input.required<string>();
  readonly pinned = input.required<string | null>();
  readonly changed = input(false);
  readonly serverName = input.required<string>();
  /** It is an SSH host key, with a command of its own to compare. */
  readonly sshKey = input(false, { transform: booleanAttribute });
  readonly look = input.required<() => Promise<PresentedKey>>();
  readonly accept = input.required<(fingerprint: string) => Promise<void>>();

  private readonly dialogs = inject(Dialogs);
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly certificateCommand = CERTIFICATE_COMMAND;
  protected readonly mayTrust = computed(() => this.session.can('servers:trust'));
  protected readonly looking = signal(false);
  protected readonly accepting = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly seen = linkedSignal<string | null, PresentedKey | null>({
    source: this.pinned,
    computation: () => null,
  });
  protected readonly accepted = linkedSignal<PresentedKey | null, string | null>({
    source: this.seen,
    computation: () => null,
  });

  protected async lookNow(): Promise<void> {
    this.looking.set(true);
    this.problem.set(null);
    try {
      this.seen.set(await this.look()());
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.looking.set(false);
    }
  }

  protected async acceptSeen({ fingerprint }: PresentedKey): Promise<void> {
    const sure = await this.dialogs.confirm({
      title: this.t('trust.acceptTitle', { what: this.heading(), name: this.serverName() }),
      body: this.t('trust.acceptBody'),
      consequences: [fingerprint],
      action: this.t('trust.accept'),
    });
    if (!sure) return;
    this.accepting.set(true);
    try {
      await this.accept()(fingerprint);
      this.toasts.show(this.t('trust.accepted', { what: this.heading() }));
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.accepting.set(false);
    }
  }
}
