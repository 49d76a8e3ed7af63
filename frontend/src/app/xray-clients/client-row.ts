import { Component, computed, inject, input, output } from '@angular/core';
import type { XrayClient } from '../platform/api/generated/models/xray-client';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { ActionMenu } from '../ui/action-menu';
import type { MenuAction } from '../ui/action-menu';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';

/** What can be done with a client. */
export type ClientAction = 'links' | 'rename' | 'enable' | 'disable' | 'remove';

/** One client: its traffic, its subscription, and what can be done with it. */
@Component({
  selector: 'app-xray-client-row',
  imports: [ActionMenu, Button, Icon, RelativeTime],
  host: { role: 'listitem' },
  styleUrl: './client-row.css',
  template: `<span class="words">
      <span class="title">
        <strong>{{ client().name }}</strong>
        @if (!client().enabled) {
          <span class="off"><svg uiIcon="ban"></svg>{{ t('xray.disabled') }}</span>
        }
      </span>
      <span class="small muted number"
        >{{ t('xray.added') }} <ui-relative-time [at]="client().created_at" />
        @if (client().subscription; as subscription) {
          · {{ t('xray.subscriptionUsed') }}
          <ui-relative-time [at]="subscription.last_used_at" />
        }
      </span>
    </span>
    <span class="traffic number">
      <span class="cdk-visually-hidden">{{ t('xray.traffic', { up: up(), down: down() }) }}</span>
      <span aria-hidden="true" [title]="t('xray.up')"><svg uiIcon="arrow-up"></svg>{{ up() }}</span>
      <span aria-hidden="true" [title]="t('xray.down')"
        ><svg uiIcon="arrow-down"></svg>{{ down() }}</span
      >
    </span>
    @if (mayWrite()) {
      <span class="actions">
        <button
          uiButton
          size="small"
          icon="qr-code"
          [attr.aria-label]="t('xray.linksFor', { name: client().name })"
          (click)="chosen.emit('links')"
        >
          {{ t('xray.links') }}
        </button>
        <ui-action-menu
          size="small"
          [icon]="busy() ? 'loader' : 'more'"
          [label]="t('xray.actionsOf', { name: client().name })"
          [actions]="menu()"
        />
      </span>
    }`,
})
export class ClientRow {
  readonly client = input.required<XrayClient>();
  readonly mayWrite = input(false);
  /** Nothing works on the deployment: changes are taken. */
  readonly isFree = input(false);
  readonly busy = input(false);
  readonly chosen = output<ClientAction>();

  private readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  // More than a number holds exactly is shown in so large units that it does not matter.
  protected readonly up = computed(() =>
    this.formats.bytes(Number(this.client().traffic.uplink_bytes)),
  );
  protected readonly down = computed(() =>
    this.formats.bytes(Number(this.client().traffic.downlink_bytes)),
  );
  protected readonly menu = computed<readonly MenuAction[]>(() => {
    const disabled = !this.isFree() || this.busy();
    const choose = (action: ClientAction) => (): void => {
      this.chosen.emit(action);
    };
    const { enabled } = this.client();
    return [
      { label: this.t('xray.rename'), icon: 'edit', disabled, run: choose('rename') },
      enabled
        ? { label: this.t('xray.disable'), icon: 'ban', disabled, run: choose('disable') }
        : { label: this.t('xray.enable'), icon: 'circle-check', disabled, run: choose('enable') },
      {
        label: this.t('xray.remove'),
        icon: 'trash',
        danger: true,
        separated: true,
        disabled,
        run: choose('remove'),
      },
    ];
  });
}
