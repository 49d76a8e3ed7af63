import { Component, computed, inject, output } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { layerName } from '../operations/operation-words';
import { HostKeyCheck } from '../ssh-login/host-key-check';
import { checkHost, checkPort } from '../ssh-login/login-draft';
import { SshLoginFields } from '../ssh-login/ssh-login-fields';
import { Button } from '../ui/button';
import { CheckField } from '../ui/check-field';
import { Field, Input } from '../ui/field';
import { Notice } from '../ui/notice';
import { AddServerStore } from './add-server-store';

/** Where the server is, and through which host it is reached if not directly. */
@Component({
  selector: 'app-address-step',
  imports: [Button, CheckField, Field, HostKeyCheck, Input, Notice, SshLoginFields],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
    .address {
      display: grid;
      grid-template-columns: minmax(0, 1fr) 110px;
      gap: 12px;
      align-items: start;
    }
    section {
      display: flex;
      flex-direction: column;
      gap: 16px;
      padding: 16px;
      border: 1px solid var(--line);
      border-radius: var(--radius-m);
    }
  `,
  template: `<div class="address">
      <ui-field
        [label]="t('servers.address')"
        [hint]="t('add.addressHint')"
        [problem]="hostProblem()"
      >
        <input
          #host
          uiInput
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          placeholder="web-1.example.org"
          [value]="store.draft().host"
          (input)="typed.emit(host.value)"
        />
      </ui-field>
      <ui-field [label]="t('login.port')" [problem]="portProblem()">
        <input
          #port
          uiInput
          class="number"
          inputmode="numeric"
          autocomplete="off"
          [value]="store.draft().port"
          (input)="store.change({ port: port.value })"
        />
      </ui-field>
    </div>
    <ui-check-field
      [label]="t('add.throughJump')"
      [hint]="t('add.throughJumpHint')"
      [checked]="store.draft().jump !== null"
      (checkedChange)="store.changeJump($event ? {} : null)"
    />
    @if (store.draft().jump; as jump) {
      <section [attr.aria-label]="t('login.jumpHost')">
        <h3>{{ t('login.jumpHost') }}</h3>
        <div class="address">
          <ui-field [label]="t('servers.address')" [problem]="jumpHostProblem()">
            <input
              #jumpHost
              uiInput
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
              [value]="jump.host"
              (input)="store.changeJump({ host: jumpHost.value })"
            />
          </ui-field>
          <ui-field [label]="t('login.port')">
            <input
              #jumpPort
              uiInput
              class="number"
              inputmode="numeric"
              autocomplete="off"
              [value]="jump.port"
              (input)="store.changeJump({ port: jumpPort.value })"
            />
          </ui-field>
        </div>
        @if (store.jumpProbe()?.host_key; as key) {
          <app-host-key-check
            [key]="key"
            [accepted]="jump.accepted"
            (acceptedChange)="store.changeJump({ accepted: $event })"
          />
          <app-ssh-login-fields
            [draft]="jump.login"
            (draftChange)="store.changeJump({ login: $event })"
            [asksSudo]="false"
            [tried]="store.tried()"
          />
        } @else {
          @if (store.jumpProbe()?.problem; as problem) {
            <ui-notice tone="bad" alert>
              <h3>{{ t('add.unreachable', { layer: layer(problem.layer) }) }}</h3>
              <p>{{ causeText(problem) }}</p>
            </ui-notice>
          }
          <div>
            <button
              uiButton
              icon="fingerprint"
              [busy]="store.busy()"
              [disabled]="jump.host.trim() === ''"
              (click)="store.probeJump()"
            >
              {{ t('add.checkJump') }}
            </button>
          </div>
        }
      </section>
    }
    @if (store.probe()?.problem; as problem) {
      <ui-notice tone="bad" alert>
        <h3>{{ t('add.unreachable', { layer: layer(problem.layer) }) }}</h3>
        <p>{{ causeText(problem) }}</p>
      </ui-notice>
    }`,
})
export class AddressStep {
  /** The address was typed or pasted. */
  readonly typed = output<string>();
  protected readonly store = inject(AddServerStore);
  protected readonly t = injectTranslate();
  protected readonly causeText = causeText;
  protected readonly hostProblem = computed(() =>
    this.store.tried() ? checkHost(this.store.draft().host, this.t) : null,
  );
  protected readonly portProblem = computed(() =>
    this.store.tried() ? checkPort(this.store.draft().port, this.t) : null,
  );
  /** The key of a jump host is accepted before anything is sent to it. */
  protected readonly jumpHostProblem = computed(() => {
    const { jump } = this.store.draft();
    if (!jump || !this.store.tried()) return null;
    const problem = checkHost(jump.host, this.t);
    return problem ?? (jump.accepted === null ? this.t('add.jumpNotAccepted') : null);
  });

  protected layer(name: string): string {
    return layerName(this.t, name);
  }
}
