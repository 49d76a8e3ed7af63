import { Component, computed, input, output } from '@angular/core';
import type { SshProbeResult } from '../platform/api/generated/models/ssh-probe-result';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { CheckField } from '../ui/check-field';
import { Field, Input } from '../ui/field';
import { HostKeyCheck } from './host-key-check';
import type { JumpDraft } from './host-draft';
import { checkHost } from './login-draft';
import { ProbeProblem } from './probe-problem';
import { SshLoginFields } from './ssh-login-fields';

/** Whether there is an SSH host on the way, which, its key to compare, and the login there. */
@Component({
  selector: 'app-jump-host-fields',
  imports: [Button, CheckField, Field, HostKeyCheck, Input, ProbeProblem, SshLoginFields],
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
  template: `<ui-check-field
      [label]="t('add.throughJump')"
      [hint]="t('add.throughJumpHint')"
      [checked]="jump() !== null"
      (checkedChange)="changed.emit($event ? {} : null)"
    />
    @if (jump(); as jump) {
      <section [attr.aria-label]="t('login.jumpHost')">
        <h3>{{ t('login.jumpHost') }}</h3>
        <div class="address">
          <ui-field [label]="t('servers.address')" [problem]="hostProblem()">
            <input
              #host
              uiInput
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
              [value]="jump.host"
              (input)="changed.emit({ host: host.value })"
            />
          </ui-field>
          <ui-field [label]="t('login.port')">
            <input
              #port
              uiInput
              class="number"
              inputmode="numeric"
              autocomplete="off"
              [value]="jump.port"
              (input)="changed.emit({ port: port.value })"
            />
          </ui-field>
        </div>
        @if (probe()?.host_key; as key) {
          <app-host-key-check
            [key]="key"
            [accepted]="jump.accepted"
            (acceptedChange)="changed.emit({ accepted: $event })"
          />
          <app-ssh-login-fields
            [draft]="jump.login"
            (draftChange)="changed.emit({ login: $event })"
            [asksSudo]="false"
            [tried]="tried()"
          />
        } @else {
          <app-probe-problem [probe]="probe()" />
          <div>
            <button
              uiButton
              icon="fingerprint"
              [busy]="busy()"
              [disabled]="jump.host.trim() === ''"
              (click)="asked.emit()"
            >
              {{ t('add.checkJump') }}
            </button>
          </div>
        }
      </section>
    }`,
})
export class JumpHostFields {
  readonly jump = input.required<JumpDraft | null>();
  /** What was seen at the jump host. */
  readonly probe = input.required<SshProbeResult | null>();
  readonly busy = input(false);
  /** Somebody tried to go on: every problem is shown. */
  readonly tried = input(false);
  /** Something was typed; null: there is no jump host. */
  readonly changed = output<Partial<JumpDraft> | null>();
  /** The jump host is to be looked at. */
  readonly asked = output();
  protected readonly t = injectTranslate();
  /** The key of a jump host is accepted before anything is sent to it. */
  protected readonly hostProblem = computed(() => {
    const jump = this.jump();
    if (!jump || !this.tried()) return null;
    return (
      checkHost(jump.host, this.t) ??
      (jump.accepted === null ? this.t('add.jumpNotAccepted') : null)
    );
  });
}
