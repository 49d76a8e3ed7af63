import { Component, computed, inject, resource } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getAgent } from '../platform/api/generated/fn/servers/get-agent';
import { injectTranslate } from '../platform/i18n/i18n';
import { steadyValue } from '../platform/live/steady-value';
import { toProblem } from '../platform/problem/parse-problem';
import { Card } from '../ui/card';
import { ServerStore } from './server-store';
import { TrustCheck } from './trust-check';
import { TrustItem } from './trust-item';

/** What the server has to prove: its SSH host key and its agent's certificate, both pinned. */
@Component({
  selector: 'app-trust-card',
  imports: [Card, TrustItem],
  template: `<ui-card
    [heading]="t('trust.title')"
    [note]="t('trust.note')"
    icon="shield-check"
    flush
  >
    @if (details()?.ssh) {
      <app-trust-item
        [heading]="t('login.hostKey')"
        [pinned]="hostKey()"
        [changed]="live()?.status === 'host_key_changed'"
        [look]="lookAtKey"
        [accept]="acceptKey"
        [serverName]="store.name()"
        sshKey
      />
    }
    @if (certificate(); as fingerprint) {
      <app-trust-item
        [heading]="t('trust.certificate')"
        [pinned]="fingerprint"
        [changed]="live()?.status === 'certificate_changed'"
        [look]="lookAtCertificate"
        [accept]="acceptCertificate"
        [serverName]="store.name()"
      />
    } @else {
      <p class="muted note">{{ t('trust.noAgent') }}</p>
    }
  </ui-card>`,
  styles: `
    .note {
      padding: 12px 16px;
    }
  `,
})
export class TrustCard {
  private readonly api = inject(Api);
  private readonly check = inject(TrustCheck);
  protected readonly store = inject(ServerStore);
  protected readonly t = injectTranslate();
  protected readonly details = this.store.details;
  protected readonly live = computed(() => this.store.live());
  protected readonly hostKey = computed(() => this.details()?.ssh?.host_key?.fingerprint ?? null);
  private readonly agent = resource({
    params: () => ({ id: this.store.id(), version: this.details()?.updated_at }),
    loader: async ({ params: { id } }) => {
      try {
        return await this.api.invoke(getAgent, { id });
      } catch (error) {
        // No agent is installed: there is no certificate either.
        if (toProblem(error).status === 404) return null;
        throw error;
      }
    },
  });
  // Kept while it is asked anew: a comparison that somebody has begun stays on screen.
  private readonly steadyAgent = steadyValue(this.agent, this.store.id);
  protected readonly certificate = computed(
    () => this.steadyAgent()?.certificate_fingerprint ?? null,
  );

  protected readonly lookAtKey = async (): Promise<{
    fingerprint: string;
    algorithm: string | null;
  }> => {
    const details = this.details();
    if (!details) throw new Error('the server is not loaded');
    return this.check.hostKey(details);
  };

  protected readonly lookAtCertificate = async (): Promise<{
    fingerprint: string;
    algorithm: string | null;
  }> => ({
    fingerprint: await this.check.certificate(this.store.id(), this.certificate() ?? ''),
    algorithm: null,
  });

  protected readonly acceptKey = async (fingerprint: string): Promise<void> => {
    await this.check.acceptHostKey(this.store.id(), fingerprint);
    await this.store.reload();
  };

  protected readonly acceptCertificate = async (fingerprint: string): Promise<void> => {
    await this.check.acceptCertificate(this.store.id(), fingerprint);
    await this.store.reload();
    this.agent.reload();
  };
}
