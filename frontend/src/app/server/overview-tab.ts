import { Component, computed, inject } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Formats } from '../platform/time/formats';
import { Card } from '../ui/card';
import { Definition, DefinitionList } from '../ui/definition-list';
import { Meter } from '../ui/meter';
import { usedPercent } from '../servers/fleet-messages';
import { ServerStore } from './server-store';
import { UptimeCard } from './uptime-card';
import { VitalsCard } from './vitals-card';

/** What a server is and how it does. */
@Component({
  selector: 'app-overview-tab',
  imports: [Card, Definition, DefinitionList, Meter, UptimeCard, VitalsCard],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
    .cards {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(360px, 100%), 1fr));
      align-items: start;
      gap: 16px;
    }
    .disk {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 12px;
      padding: 7px 0;
      border-bottom: 1px solid var(--line);
    }
    .disk:last-child {
      border-bottom: 0;
    }
    .disk code {
      flex: 1;
      min-width: 100px;
      overflow-wrap: anywhere;
    }
  `,
  template: `<app-vitals-card />
    <app-uptime-card />
    @if (facts(); as facts) {
      <div class="cards">
        <ui-card [heading]="t('server.machine')" icon="server">
          <ui-definition-list>
            <ui-definition [term]="t('server.hostname')">{{ facts.hostname }}</ui-definition>
            <ui-definition [term]="t('servers.os')">{{ facts.os.pretty_name }}</ui-definition>
            <ui-definition [term]="t('server.kernel')"
              >{{ facts.kernel }} · {{ facts.arch }}</ui-definition
            >
            <ui-definition [term]="t('servers.cpu')">{{ cpu() }}</ui-definition>
            <ui-definition [term]="t('servers.memory')">{{ memory() }}</ui-definition>
            <ui-definition [term]="t('server.virtualization')">{{
              facts.virtualization ?? t('server.physical')
            }}</ui-definition>
            <ui-definition [term]="t('server.timezone')">{{ facts.timezone ?? '–' }}</ui-definition>
            <ui-definition [term]="t('server.machineId')"
              ><code>{{ facts.machine_id }}</code></ui-definition
            >
            <ui-definition [term]="t('server.added')">{{ added() }}</ui-definition>
          </ui-definition-list>
        </ui-card>
        <div class="stack">
          <ui-card [heading]="t('servers.disk')" icon="disk">
            @for (disk of disks(); track disk.path) {
              <div class="disk">
                <code>{{ disk.path }}</code>
                <span class="small muted number">{{ disk.text }}</span>
                <ui-meter [label]="disk.path" [share]="disk.share" />
              </div>
            }
          </ui-card>
          <ui-card [heading]="t('server.network')" icon="topology">
            <ui-definition-list>
              @for (card of facts.interfaces; track card.name) {
                <ui-definition [term]="card.name">{{
                  card.addresses.length > 0 ? card.addresses.join(', ') : '–'
                }}</ui-definition>
              }
            </ui-definition-list>
          </ui-card>
        </div>
      </div>
    }`,
})
export class OverviewTab {
  private readonly store = inject(ServerStore);
  private readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  /** The document says they are always there; a server without an agent has none. */
  protected readonly facts = computed(() => this.store.details()?.facts ?? null);
  private readonly vitals = computed(() => this.store.details()?.vitals ?? null);
  protected readonly added = computed(() =>
    this.formats.dateTime(this.store.details()?.created_at ?? 0),
  );
  protected readonly cpu = computed(() => {
    const cpu = this.facts()?.cpu;
    const cores = this.t('server.cores', { n: cpu?.cores ?? 0 });
    return cpu?.model == null ? cores : `${cpu.model} · ${cores}`;
  });
  protected readonly memory = computed(() => {
    const memory = this.vitals()?.memory;
    return memory ? this.formats.bytes(memory.total_bytes) : '–';
  });
  protected readonly disks = computed(() => {
    const disks = this.vitals()?.disks ?? this.facts()?.disks ?? [];
    return disks.map(({ path, total_bytes: total, available_bytes: free }) => {
      const percent = usedPercent(total, free);
      return {
        path,
        share: percent === null ? null : percent / 100,
        text: this.t('server.freeOf', {
          free: this.formats.bytes(free),
          total: this.formats.bytes(total),
        }),
      };
    });
  });
}
