import { Component, computed, effect, inject, input, model, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { FleetStore } from '../servers/fleet-store';
import { Field, Input } from '../ui/field';

/** The server whose Ansible reads a playbook. Offers those that answer. */
@Component({
  selector: 'app-server-choice',
  imports: [Field, Input, RouterLink],
  template: `@if (servers().length > 0) {
      <ui-field [label]="t('check.on')">
        <select uiInput #choice [value]="value() ?? ''" (change)="value.set(choice.value)">
          @for (server of servers(); track server.id) {
            <option [value]="server.id" [selected]="server.id === value()">
              {{ server.name }}
            </option>
          }
        </select>
      </ui-field>
    } @else if (fleet.fetchedAt() > 0) {
      <p class="small muted">
        {{ t('check.nowhere') }}
        <a class="link" routerLink="/servers">{{ t('nav.servers') }}</a>
      </p>
    }`,
})
export class ServerChoice {
  /** Chosen first, such as the one that read the version before. */
  readonly preferred = input<string | null>(null);
  readonly value = model<string | null>(null);
  protected readonly fleet = inject(FleetStore);
  protected readonly t = injectTranslate();
  protected readonly servers = computed(() => {
    this.fleet.revision();
    return untracked(() =>
      this.fleet.ids().flatMap((id) => this.fleet.server(id)?.() ?? []),
    ).filter(
      ({ agent_version: agent, status }) =>
        agent !== null && (status === 'online' || status === 'degraded'),
    );
  });

  constructor() {
    effect(() => {
      const ids = this.servers().map(({ id }) => id);
      const [value, preferred] = [this.value(), this.preferred()];
      if (value !== null && ids.includes(value)) return;
      const next = preferred !== null && ids.includes(preferred) ? preferred : (ids[0] ?? null);
      if (next !== value) this.value.set(next);
    });
  }
}
