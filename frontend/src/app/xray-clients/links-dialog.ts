import { Component, computed, effect, inject, signal, untracked } from '@angular/core';
import type { Signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Api } from '../platform/api/generated/api';
import { listXrayLinks } from '../platform/api/generated/fn/xray/list-xray-links';
import type { XrayClientList } from '../platform/api/generated/models/xray-client-list';
import type { XrayLinkList } from '../platform/api/generated/models/xray-link-list';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { Notice } from '../ui/notice';
import { Segmented } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import { ClientLink } from './client-link';
import { SubscriptionPart } from './subscription-part';

/** Whose links are shown. */
export interface LinksQuestion {
  readonly deploymentId: string;
  readonly clientId: string;
  readonly name: string;
  /** The clients as they are now: fetched anew whenever the deployment changed. */
  readonly news: Signal<XrayClientList | null>;
  readonly reload: () => Promise<void>;
}

/** How a client connects: a link and its QR code for every inbound, and an address that always has them. */
@Component({
  selector: 'app-xray-links-dialog',
  imports: [
    Button,
    ClientLink,
    DialogFrame,
    ErrorState,
    Notice,
    Segmented,
    Skeleton,
    SubscriptionPart,
  ],
  styleUrl: './links-dialog.css',
  template: `<ui-dialog-frame [heading]="t('xray.linksOf', { name: data.name })">
    <div class="parts">
      <p class="muted">{{ t('xray.linksBody') }}</p>
      @if (problem(); as error) {
        <ui-error-state [error]="error" (retry)="load()" />
      }
      @if (links(); as links) {
        @if (isDisabled()) {
          <ui-notice tone="warn">{{ t('xray.linksDisabled') }}</ui-notice>
        } @else if (shown()?.applied === false) {
          <ui-notice tone="info">{{ t('xray.linksNotApplied') }}</ui-notice>
        }
        @if (links.length > 1) {
          <div>
            <ui-segmented
              [label]="t('xray.inbound')"
              [segments]="segments()"
              [value]="shown()?.inbound ?? ''"
              (valueChange)="inbound.set($event)"
            />
          </div>
        }
        @for (link of shownList(); track link.url) {
          <app-xray-client-link
            [deploymentId]="data.deploymentId"
            [clientId]="data.clientId"
            [name]="data.name"
            [link]="link"
          />
        } @empty {
          <p>{{ t('xray.noLinks') }}</p>
        }
        <app-xray-subscription
          [deploymentId]="data.deploymentId"
          [clientId]="data.clientId"
          [name]="data.name"
          [subscription]="client()?.subscription ?? null"
          (changed)="data.reload()"
        />
      } @else if (!problem()) {
        <ui-skeleton [lines]="6" [height]="20" />
      }
    </div>
    <ng-container uiDialogActions>
      <button uiButton data-autofocus (click)="ref.close()">{{ t('ui.close') }}</button>
    </ng-container>
  </ui-dialog-frame>`,
})
export class LinksDialog {
  private readonly api = inject(Api);
  protected readonly data = inject<LinksQuestion>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<undefined>>(DialogRef);
  protected readonly t = injectTranslate();
  protected readonly links = signal<XrayLinkList['items'] | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly inbound = signal<string | null>(null);

  protected readonly client = computed(
    () => this.data.news()?.items.find(({ id }) => id === this.data.clientId) ?? null,
  );
  protected readonly isDisabled = computed(() => this.client()?.enabled === false);
  protected readonly shown = computed(() => {
    const links = this.links() ?? [];
    return links.find(({ inbound }) => inbound === this.inbound()) ?? links[0] ?? null;
  });
  /** A list of one, so that another link is another picture. */
  protected readonly shownList = computed(() => {
    const link = this.shown();
    return link ? [link] : [];
  });
  protected readonly segments = computed(() =>
    (this.links() ?? []).map(({ inbound, type }) => ({
      value: inbound,
      label: `${inbound} · ${type.replaceAll('_', ' ')}`,
    })),
  );

  constructor() {
    effect(() => {
      // The deployment changed: what was not applied may be by now.
      this.data.news();
      untracked(() => void this.load());
    });
  }

  protected async load(): Promise<void> {
    const { deploymentId, clientId } = this.data;
    try {
      const { items } = await this.api.invoke(listXrayLinks, {
        id: deploymentId,
        client_id: clientId,
      });
      this.links.set(items);
      this.problem.set(null);
    } catch (error) {
      this.problem.set(toProblem(error));
    }
  }
}
