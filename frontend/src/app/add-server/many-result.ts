import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { FleetStore } from '../servers/fleet-store';
import { Icon } from '../ui/icon';
import { SERVER_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import type { ManyRow } from './add-many-store';

/** How far one server of a list is; once added, its live status. */
@Component({
  selector: 'app-many-result',
  imports: [Icon, RouterLink, StatusBadge],
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 8px;
      min-width: 0;
      overflow-wrap: anywhere;
    }
    svg {
      width: 14px;
      height: 14px;
    }
    .bad {
      color: var(--bad);
    }
    code {
      font-size: 11px;
    }
  `,
  template: `@if (row().server.problem; as problem) {
      <svg uiIcon="circle-x" class="bad"></svg><span class="bad">{{ problem }}</span>
    } @else {
      @switch (state().at) {
        @case ('probing') {
          <svg uiIcon="loader" class="spin"></svg>{{ t('addMany.probing') }}
        }
        @case ('adding') {
          <svg uiIcon="loader" class="spin"></svg>{{ t('addMany.adding') }}
        }
        @case ('listed') {
          <span class="muted">{{ t('addMany.ready') }}</span>
        }
      }
      @if (fingerprint(); as text) {
        <svg uiIcon="fingerprint"></svg><code>{{ text }}</code>
      }
      @if (message(); as text) {
        <svg uiIcon="circle-x" class="bad"></svg><span class="bad">{{ text }}</span>
      }
      @if (added(); as added) {
        <ui-status-badge plain [look]="looks[added.status]" />
        <a class="link" [routerLink]="added.link">{{ t('servers.follow') }}</a>
        @if (added.cause; as cause) {
          <span class="small muted">{{ cause }}</span>
        }
      }
    }`,
})
export class ManyResult {
  readonly row = input.required<ManyRow>();
  private readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();
  protected readonly looks = SERVER_STATUS;
  protected readonly state = computed(() => this.row().state);
  protected readonly fingerprint = computed(() => {
    const state = this.state();
    return state.at === 'seen' ? state.fingerprint : null;
  });
  protected readonly message = computed(() => {
    const state = this.state();
    return 'message' in state ? state.message : null;
  });
  protected readonly added = computed(() => {
    const state = this.state();
    if (state.at !== 'added') return null;
    this.fleet.revision();
    const server = this.fleet.server(state.id)?.();
    return {
      status: server?.status ?? 'installing',
      cause: server?.status_cause ? causeText(server.status_cause) : null,
      link:
        state.operation === null
          ? ['/servers', state.id]
          : ['/servers', state.id, 'install', state.operation],
    };
  });
}
