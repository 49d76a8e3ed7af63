import { Component, computed, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { Button } from '../ui/button';
import { CheckField } from '../ui/check-field';
import { DialogFrame } from '../ui/dialog-frame';
import { Notice } from '../ui/notice';
import { hasLogin, namesWithoutLogin } from './server-login';

/** What is to be removed. */
export interface RemovalChoice {
  /** The agent first, over SSH. */
  readonly uninstall: boolean;
  /** Also while commands run, or when the server cannot be reached. */
  readonly force: boolean;
}

/** Names listed one by one. */
const NAMED = 8;

/** Asks before servers are removed: names them, says what goes, and wants the name or number typed. */
@Component({
  selector: 'app-remove-dialog',
  imports: [Button, CheckField, DialogFrame, Notice],
  styles: `
    .body {
      display: flex;
      flex-direction: column;
      gap: 12px;
    }
    ul {
      padding-left: 18px;
      list-style: disc;
    }
    label {
      display: block;
    }
    label .input {
      margin-top: 6px;
    }
  `,
  template: `<form (submit)="submit($event)">
    <ui-dialog-frame [heading]="title()">
      <div class="body">
        @if (servers.length > 1) {
          <p>
            {{ named }}
            @if (servers.length > namedCount) {
              {{ t('servers.andMore', { n: servers.length - namedCount }) }}
            }
          </p>
        }
        @if (canUninstall) {
          <ui-check-field
            [label]="t('servers.removeAgent')"
            [hint]="t('servers.removeAgentHint')"
            [(checked)]="uninstall"
          />
        }
        @if (uninstall()) {
          <ui-check-field
            [label]="t('servers.removeForce')"
            [hint]="t('servers.removeForceHint')"
            [(checked)]="force"
          />
        }
        <div>
          <p class="muted">{{ t('servers.removeWhat') }}</p>
          <ul class="muted">
            @if (uninstall()) {
              <li>{{ t('servers.removesAgent') }}</li>
            }
            <li>{{ t('servers.removesRecord') }}</li>
            @if (hasSomeLogin) {
              <li>{{ t('servers.removesLogin') }}</li>
            }
          </ul>
        </div>
        @if (!canUninstall) {
          <ui-notice tone="warn">{{ t('servers.cannotUninstall') }}</ui-notice>
        } @else if (!uninstall()) {
          <ui-notice tone="warn">{{ t('servers.keepsAgent') }}</ui-notice>
        } @else if (withoutLogin !== '') {
          <ui-notice tone="warn">{{
            t('servers.keepsAgentOn', { names: withoutLogin })
          }}</ui-notice>
        }
        <label
          >{{ t('ui.typeToConfirm', { name: wanted }) }}
          <input
            class="input mono"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            data-autofocus
            [value]="typed()"
            (input)="typed.set($any($event.target).value)"
          />
        </label>
      </div>
      <ng-container uiDialogActions>
        <button uiButton (click)="ref.close()">{{ t('ui.cancel') }}</button>
        <button uiButton="destroy" type="submit" [disabled]="!allowed()">
          {{ t('servers.removeAction', { n: servers.length }) }}
        </button>
      </ng-container>
    </ui-dialog-frame>
  </form>`,
})
export class RemoveDialog {
  protected readonly servers = inject<readonly BoardServer[]>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<RemovalChoice>>(DialogRef);
  protected readonly t = injectTranslate();
  protected readonly namedCount = NAMED;
  protected readonly named = this.servers
    .slice(0, NAMED)
    .map(({ name }) => name)
    .join(', ');
  /** One server's name; of several their number. */
  protected readonly wanted =
    this.servers.length === 1 ? (this.servers[0]?.name ?? '') : String(this.servers.length);
  /** The agent goes over SSH. */
  protected readonly canUninstall = this.servers.some(hasLogin);
  protected readonly hasSomeLogin = this.servers.some(({ connection }) => connection === 'ssh');
  protected readonly withoutLogin = namesWithoutLogin(this.servers, this.t);
  protected readonly uninstall = signal(
    this.servers.some((server) => server.agent_version !== null && hasLogin(server)),
  );
  protected readonly force = signal(false);
  protected readonly typed = signal('');
  protected readonly allowed = computed(() => this.typed().trim() === this.wanted);
  protected readonly title = computed(() =>
    this.servers.length === 1
      ? this.t('servers.removeTitle', { name: this.wanted })
      : this.t('servers.removeMany', { n: this.servers.length }),
  );

  protected submit(event: Event): void {
    event.preventDefault();
    if (!this.allowed()) return;
    const uninstall = this.uninstall();
    this.ref.close({ uninstall, force: uninstall && this.force() });
  }
}
