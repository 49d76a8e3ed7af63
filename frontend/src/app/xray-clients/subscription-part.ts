import { Component, computed, inject, input, output, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { createXraySubscription } from '../platform/api/generated/fn/xray/create-xray-subscription';
import { revokeXraySubscription } from '../platform/api/generated/fn/xray/revoke-xray-subscription';
import type { XrayClientSubscription } from '../platform/api/generated/models/xray-client-subscription';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { Dialogs } from '../ui/dialogs';
import { ErrorState } from '../ui/error-state';
import { Notice } from '../ui/notice';
import { RelativeTime } from '../ui/relative-time';
import { reachesOnlyHere } from './subscription-address';

/** The subscription of a client: made, shown this once, replaced, revoked. */
@Component({
  selector: 'app-xray-subscription',
  imports: [Button, CodeBlock, ErrorState, Notice, RelativeTime],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 10px;
      padding-top: 14px;
      border-top: 1px solid var(--line);
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }
  `,
  template: `<h3>{{ t('xray.subscription') }}</h3>
    <p class="muted">{{ t('xray.subscriptionBody') }}</p>
    @if (problem(); as error) {
      <ui-error-state [error]="error" [retryable]="false" />
    }
    @if (address(); as url) {
      <ui-notice tone="warn" alert>{{ t('xray.subscriptionOnce') }}</ui-notice>
      <ui-code-block [code]="url" [label]="t('xray.subscription')" wrap />
      @if (isLocal()) {
        <p class="small muted">{{ t('xray.subscriptionLocal') }}</p>
      }
    } @else if (subscription(); as subscription) {
      <p class="small muted number">
        {{ t('xray.subscriptionMade') }} <ui-relative-time [at]="subscription.created_at" /> ·
        {{ t('xray.subscriptionUsed') }} <ui-relative-time [at]="subscription.last_used_at" />
      </p>
    }
    <div class="actions">
      <button uiButton size="small" icon="link" [busy]="busy() === 'create'" (click)="create()">
        {{ t(subscription() === null ? 'xray.subscribe' : 'xray.resubscribe') }}
      </button>
      @if (subscription() !== null) {
        <button uiButton="danger" size="small" [busy]="busy() === 'revoke'" (click)="revoke()">
          {{ t('xray.unsubscribe') }}
        </button>
      }
    </div>`,
})
export class SubscriptionPart {
  readonly deploymentId = input.required<string>();
  readonly clientId = input.required<string>();
  readonly name = input.required<string>();
  readonly subscription = input.required<XrayClientSubscription | null>();
  readonly changed = output();

  private readonly api = inject(Api);
  private readonly dialogs = inject(Dialogs);
  protected readonly t = injectTranslate();
  protected readonly busy = signal<'create' | 'revoke' | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  /** The address, while it may still be seen. */
  protected readonly address = signal<string | null>(null);
  protected readonly isLocal = computed(() => reachesOnlyHere(this.address() ?? ''));

  protected async create(): Promise<void> {
    if (this.subscription() !== null) {
      const sure = await this.dialogs.confirm({
        title: this.t('xray.resubscribeTitle', { name: this.name() }),
        body: this.t('xray.resubscribeBody'),
        action: this.t('xray.resubscribe'),
      });
      if (!sure) return;
    }
    await this.ask('create', async (path) => {
      this.address.set((await this.api.invoke(createXraySubscription, path)).url);
    });
  }

  protected async revoke(): Promise<void> {
    const sure = await this.dialogs.confirm({
      title: this.t('xray.unsubscribeTitle', { name: this.name() }),
      body: this.t('xray.unsubscribeBody'),
      action: this.t('xray.unsubscribe'),
    });
    if (!sure) return;
    await this.ask('revoke', async (path) => {
      await this.api.invoke(revokeXraySubscription, path);
      this.address.set(null);
    });
  }

  private async ask(
    what: 'create' | 'revoke',
    send: (path: { id: string; client_id: string }) => Promise<void>,
  ): Promise<void> {
    if (this.busy() !== null) return;
    this.busy.set(what);
    this.problem.set(null);
    try {
      await send({ id: this.deploymentId(), client_id: this.clientId() });
      this.changed.emit();
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(null);
    }
  }
}
