import { Component, computed, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Api } from '../platform/api/generated/api';
import { probeSshServer } from '../platform/api/generated/fn/servers/probe-ssh-server';
import { updateServer } from '../platform/api/generated/fn/servers/update-server';
import type { SshProbeResult } from '../platform/api/generated/models/ssh-probe-result';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { ErrorState } from '../ui/error-state';
import { Field, Input } from '../ui/field';
import { Notice } from '../ui/notice';
import {
  changedHost,
  changedJump,
  isJumpComplete,
  isReachable,
  isSamePlace,
  newLoginOf,
  probeOf,
} from './host-draft';
import type { HostDraft, JumpDraft } from './host-draft';
import { HostKeyCheck } from './host-key-check';
import { JumpHostFields } from './jump-host-fields';
import { EMPTY_LOGIN, checkLogin, checkPort, isComplete } from './login-draft';
import type { LoginDraft } from './login-draft';
import { ProbeProblem } from './probe-problem';
import { SshLoginFields } from './ssh-login-fields';

/** A server that has no SSH login yet. */
export interface AddLoginRequest {
  readonly serverId: string;
  readonly serverName: string;
  readonly host: string;
}

/**
 * Gives a server an SSH login. Its host key is looked at, compared and accepted first: before that, nothing can be
 * typed that would be sent there. Closes with true when it was stored.
 */
@Component({
  selector: 'app-add-login-dialog',
  imports: [
    Button,
    DialogFrame,
    ErrorState,
    Field,
    HostKeyCheck,
    Input,
    JumpHostFields,
    Notice,
    ProbeProblem,
    SshLoginFields,
  ],
  styles: `
    .body {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
    .port {
      width: 110px;
    }
  `,
  template: `<form (submit)="next($event)" novalidate>
    <ui-dialog-frame [heading]="t('login.addTitle', { name: request.serverName })">
      <div class="body">
        <p class="muted">{{ t('login.addBody', { host: request.host }) }}</p>
        <ui-field class="port" [label]="t('login.port')" [problem]="portProblem()">
          <input
            #port
            uiInput
            class="number"
            inputmode="numeric"
            autocomplete="off"
            [value]="place().port"
            (input)="change({ port: port.value })"
          />
        </ui-field>
        <app-jump-host-fields
          [jump]="place().jump"
          [probe]="jumpProbe()"
          [busy]="busy()"
          [tried]="tried()"
          (changed)="changeJump($event)"
          (asked)="probeJump()"
        />
        <app-probe-problem [probe]="probe()" />
        @if (probe()?.host_key; as key) {
          <h3>{{ t('add.hostKeyTitle') }}</h3>
          <app-host-key-check
            [key]="key"
            [accepted]="place().accepted"
            (acceptedChange)="change({ accepted: $event })"
          />
          @if (tried() && place().accepted === null) {
            <ui-notice tone="warn" alert>{{ t('add.hostKeyNeeded') }}</ui-notice>
          }
          @if (place().accepted !== null) {
            <h3>{{ t('add.loginTitle') }}</h3>
            <app-ssh-login-fields [(draft)]="login" [tried]="tried()" />
          }
        }
        @if (problem(); as error) {
          <ui-error-state [error]="error" [retryable]="false" />
        }
      </div>
      <ng-container uiDialogActions>
        <button uiButton (click)="ref.close(false)">{{ t('ui.cancel') }}</button>
        <button uiButton="primary" type="submit" [busy]="busy()">
          {{ t(isSeen() ? 'login.addAction' : 'login.checkKey') }}
        </button>
      </ng-container>
    </ui-dialog-frame>
  </form>`,
})
export class AddLoginDialog {
  protected readonly request = inject<AddLoginRequest>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<boolean>>(DialogRef);
  private readonly api = inject(Api);
  protected readonly t = injectTranslate();

  protected readonly place = signal<HostDraft>({
    host: this.request.host,
    port: '22',
    jump: null,
    accepted: null,
  });
  protected readonly login = signal<LoginDraft>(EMPTY_LOGIN);
  protected readonly probe = signal<SshProbeResult | null>(null);
  protected readonly jumpProbe = signal<SshProbeResult | null>(null);
  protected readonly tried = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly isSeen = computed(() => this.probe()?.reachable === true);
  protected readonly portProblem = computed(() =>
    this.tried() ? checkPort(this.place().port, this.t) : null,
  );

  protected change(changes: Partial<HostDraft>): void {
    const { draft, isElsewhere } = changedHost(this.place(), changes);
    this.place.set(draft);
    if (isElsewhere) this.probe.set(null);
    // What was missing is there now: what comes next was not tried yet.
    if (draft.accepted !== null) this.tried.set(false);
    this.problem.set(null);
  }

  protected changeJump(changes: Partial<JumpDraft> | null): void {
    const { jump, isElsewhere } =
      changes === null
        ? { jump: null, isElsewhere: true }
        : changedJump(this.place().jump, changes);
    if (isElsewhere) this.jumpProbe.set(null);
    this.change({ jump });
  }

  protected probeJump(): Promise<void> {
    return this.asking(async () => {
      const { jump } = this.place();
      if (!jump) return;
      const body = probeOf({ ...jump, jump: null });
      const probe = await this.api.invoke(probeSshServer, { body });
      if (isSamePlace(jump, this.place().jump)) this.jumpProbe.set(probe);
    });
  }

  /** Looks at the host key; once that is accepted, stores the login. */
  protected async next(event: Event): Promise<void> {
    event.preventDefault();
    this.tried.set(true);
    const place = this.place();
    const isPlaceComplete =
      isReachable(place, this.t) && (place.jump === null || isJumpComplete(place.jump, this.t));
    if (this.busy() || !isPlaceComplete) return;
    if (!this.isSeen()) {
      await this.asking(async () => {
        const probe = await this.api.invoke(probeSshServer, { body: probeOf(place) });
        if (isSamePlace(place, this.place())) this.probe.set(probe);
        this.tried.set(false);
      });
      return;
    }
    if (place.accepted === null || !isComplete(checkLogin(this.login(), this.t))) return;
    await this.asking(async () => {
      const ssh = newLoginOf(place, this.login());
      await this.api.invoke(updateServer, { id: this.request.serverId, body: { ssh } });
      this.ref.close(true);
    });
  }

  private async asking(work: () => Promise<void>): Promise<void> {
    this.busy.set(true);
    this.problem.set(null);
    try {
      await work();
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
