import { Component, computed, inject, input, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getXrayQr } from '../platform/api/generated/fn/xray/get-xray-qr';
import type { XrayLinkList } from '../platform/api/generated/models/xray-link-list';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';

/** One share link of a client: its QR code and the link itself, to be copied. */
@Component({
  selector: 'app-xray-client-link',
  imports: [Button, CodeBlock],
  styleUrl: './client-link.css',
  template: `<div class="qr">
      @if (broken()) {
        <p class="small">{{ t('xray.qrFailed') }}</p>
        <button uiButton size="small" icon="refresh" (click)="broken.set(false)">
          {{ t('ui.retry') }}
        </button>
      } @else {
        <img
          [src]="qr()"
          [alt]="t('xray.qrOf', { name: name() })"
          width="240"
          height="240"
          (error)="broken.set(true)"
        />
      }
    </div>
    <ui-code-block [code]="link().url" [label]="t('xray.link')" wrap />`,
})
export class ClientLink {
  readonly deploymentId = input.required<string>();
  readonly clientId = input.required<string>();
  /** Whose link it is. */
  readonly name = input.required<string>();
  readonly link = input.required<XrayLinkList['items'][number]>();

  private readonly rootUrl = inject(Api).rootUrl;
  protected readonly t = injectTranslate();
  protected readonly broken = signal(false);
  protected readonly qr = computed(() => {
    const path = getXrayQr.PATH.replace('{id}', this.deploymentId()).replace(
      '{client_id}',
      this.clientId(),
    );
    return `${this.rootUrl}${path}?link=${encodeURIComponent(this.link().inbound)}`;
  });
}
