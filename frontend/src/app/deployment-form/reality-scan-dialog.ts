import { Component, computed, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { en } from '../../i18n/en';
import type { PlainKey } from '../../i18n/en';
import { Api } from '../platform/api/generated/api';
import { scanRealityTargets } from '../platform/api/generated/fn/xray/scan-reality-targets';
import type { RealityScanResult } from '../platform/api/generated/models/reality-scan-result';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Formats } from '../platform/time/formats';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { Field, Input } from '../ui/field';
import { Icon } from '../ui/icon';
import { Progress } from '../ui/progress';
import type { FormServer } from './form-state';
import { targetsIn } from './scan-targets';

type Site = RealityScanResult['items'][number];

/** Sites as camouflage targets, looked at from a server and ranked; closes with the one that is taken. */
@Component({
  selector: 'app-reality-scan-dialog',
  imports: [Button, DialogFrame, ErrorState, Field, Icon, Input, Progress],
  templateUrl: './reality-scan-dialog.html',
  styleUrl: './reality-scan-dialog.css',
})
export class RealityScanDialog {
  private readonly api = inject(Api);
  protected readonly formats = inject(Formats);
  protected readonly ref = inject<DialogRef<string>>(DialogRef);
  protected readonly servers = inject<readonly FormServer[]>(DIALOG_DATA);
  protected readonly t = injectTranslate();

  protected readonly serverId = signal(this.servers[0]?.id ?? '');
  protected readonly typed = signal('');
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly sites = signal<readonly Site[] | null>(null);
  protected readonly serverName = computed(
    () => this.servers.find(({ id }) => id === this.serverId())?.name ?? '',
  );
  protected readonly summary = computed(() => {
    const sites = this.sites();
    if (this.busy()) return this.t('scan.running', { server: this.serverName() });
    if (!sites) return '';
    const suitable = sites.filter((site) => site.suitable).length;
    return this.t('scan.found', { n: suitable, all: sites.length });
  });

  protected async scan(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy()) return;
    const targets = targetsIn(this.typed());
    this.busy.set(true);
    this.problem.set(null);
    try {
      const body = targets.length === 0 ? {} : { targets: [...targets] };
      const { items } = await this.api.invoke(scanRealityTargets, { id: this.serverId(), body });
      this.sites.set(items);
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }

  /** Why a site does not suit; a newer manager may have reasons this console has no words for. */
  protected reasonOf({ code, message }: Site['problems'][number]): string {
    const key = `scan.problem.${code}`;
    return key in en ? this.t(key as PlainKey) : message;
  }

  protected factsOf(site: Site): string {
    return [
      site.tls_version ?? '',
      site.x25519 ? 'X25519' : '',
      site.http2 ? 'HTTP/2' : '',
      site.certificate?.issuer ?? '',
    ]
      .filter((fact) => fact !== '')
      .join(' · ');
  }

  protected latencyOf({ latency_ms: latency }: Site): string {
    return latency === null ? '–' : this.t('scan.ms', { n: Math.round(latency) });
  }
}
