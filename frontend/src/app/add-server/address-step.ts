import { Component, computed, inject, output } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { JumpHostFields } from '../ssh-login/jump-host-fields';
import { checkHost, checkPort } from '../ssh-login/login-draft';
import { ProbeProblem } from '../ssh-login/probe-problem';
import { Field, Input } from '../ui/field';
import { AddServerStore } from './add-server-store';

/** Where the server is, and through which host it is reached if not directly. */
@Component({
  selector: 'app-address-step',
  imports: [Field, Input, JumpHostFields, ProbeProblem],
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
    <app-jump-host-fields
      [jump]="store.draft().jump"
      [probe]="store.jumpProbe()"
      [busy]="store.busy()"
      [tried]="store.tried()"
      (changed)="store.changeJump($event)"
      (asked)="store.probeJump()"
    />
    <app-probe-problem [probe]="store.probe()" />`,
})
export class AddressStep {
  /** The address was typed or pasted. */
  readonly typed = output<string>();
  protected readonly store = inject(AddServerStore);
  protected readonly t = injectTranslate();
  protected readonly hostProblem = computed(() =>
    this.store.tried() ? checkHost(this.store.draft().host, this.t) : null,
  );
  protected readonly portProblem = computed(() =>
    this.store.tried() ? checkPort(this.store.draft().port, this.t) : null,
  );
}
