import { Component, computed, input, linkedSignal, model } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { TargetPicker } from '../commands/target-picker';
import type { TargetKind } from '../commands/run-targets';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { DEPLOYMENT_STATUS } from '../ui/status';
import type { Eligibility, LeftOut } from './eligible-servers';

/** Servers left out that are listed at once. */
const LISTED = 4;

/** Chooses the servers of those that can take the service, and says why the others cannot. */
@Component({
  selector: 'app-servers-step',
  imports: [Icon, Notice, RouterLink, TargetPicker],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 12px;
    }
    .disclosure {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      min-height: 28px;
      font-weight: 500;
      color: var(--muted);
    }
    .disclosure svg {
      width: 14px;
      height: 14px;
      transition: rotate 0.12s;
    }
    .open {
      rotate: 90deg;
    }
    ul {
      max-height: 240px;
      margin-top: 4px;
      padding-left: 20px;
      overflow-y: auto;
    }
    li {
      padding: 2px 0;
      overflow-wrap: anywhere;
    }
  `,
  template: `@if (servers().eligible.length === 0) {
      <ui-notice tone="warn">{{ t('wizard.noServerLeft', { kind: kindTitle() }) }}</ui-notice>
    } @else {
      <app-target-picker
        [servers]="servers().eligible"
        [(kind)]="how"
        [(ids)]="ids"
        [(labels)]="labels"
      />
      <p role="status" class="muted">{{ summary() }}</p>
    }
    @if (offline(); as names) {
      <ui-notice tone="warn">{{
        t('wizard.offline', { n: offlineServers().length, names })
      }}</ui-notice>
    }
    @if (servers().leftOut.length > 0) {
      <div>
        <button
          type="button"
          class="disclosure"
          [attr.aria-expanded]="isOpen()"
          (click)="isOpen.set(!isOpen())"
        >
          <svg uiIcon="chevron-right" [class.open]="isOpen()"></svg>
          {{ t('wizard.leftOut', { n: servers().leftOut.length }) }}
        </button>
        @if (isOpen()) {
          <ul>
            @for (left of servers().leftOut; track left.server.id) {
              <li>
                <b>{{ left.server.name }}</b>
                <span class="muted"> – {{ reasonOf(left) }}</span>
                @if (left.reason.why === 'has_one') {
                  <a class="link" [routerLink]="['/deployments', left.reason.deployment.id]">{{
                    t('wizard.openIt')
                  }}</a>
                }
              </li>
            }
          </ul>
        }
      </div>
    }`,
})
export class ServersStep {
  readonly servers = input.required<Eligibility>();
  readonly kindTitle = input.required<string>();
  readonly how = model.required<TargetKind>();
  readonly ids = model.required<ReadonlySet<string>>();
  readonly labels = model.required<ReadonlySet<string>>();
  readonly chosen = input.required<readonly BoardServer[]>();
  /** The names of the chosen servers, for people. */
  readonly summary = input.required<string>();

  protected readonly t = injectTranslate();
  protected readonly isOpen = linkedSignal(() => this.servers().leftOut.length <= LISTED);
  protected readonly offlineServers = computed(() =>
    this.chosen().filter(({ status }) => status !== 'online' && status !== 'degraded'),
  );
  protected readonly offline = computed(() =>
    this.offlineServers()
      .map(({ name }) => name)
      .join(', '),
  );

  protected reasonOf({ reason }: LeftOut): string {
    switch (reason.why) {
      case 'no_agent':
        return this.t('wizard.noAgent');
      case 'removing':
        return this.t('wizard.beingRemoved');
      case 'has_one':
        return this.t('wizard.hasOne', {
          kind: this.kindTitle(),
          state: this.t(DEPLOYMENT_STATUS[reason.deployment.state].label),
        });
    }
  }
}
