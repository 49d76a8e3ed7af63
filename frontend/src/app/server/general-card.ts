import { Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { updateServer } from '../platform/api/generated/fn/servers/update-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { SessionStore } from '../platform/session/session-store';
import { formatLabels, parseLabels } from '../servers/label-rules';
import { checkHost } from '../ssh-login/login-draft';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { ErrorState } from '../ui/error-state';
import { Field, Input } from '../ui/field';
import { Toasts } from '../ui/toasts';
import { checkName } from '../add-server/server-draft';
import { ServerStore } from './server-store';

/** Name, address and labels. */
@Component({
  selector: 'app-general-card',
  imports: [Button, Card, ErrorState, Field, Input],
  styles: `
    form {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
  `,
  template: `<ui-card [heading]="t('server.general')" icon="settings">
    <form (submit)="save($event)" novalidate>
      <div class="form-grid">
        <ui-field [label]="t('servers.name')" [problem]="nameProblem()">
          <input
            #nameField
            uiInput
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            maxlength="100"
            [disabled]="!mayWrite()"
            [value]="draft().name"
            (input)="change({ name: nameField.value })"
          />
        </ui-field>
        <ui-field
          [label]="t('servers.address')"
          [problem]="hostProblem()"
          [hint]="isLocal() ? t('server.localHost') : t('server.hostHint')"
        >
          <input
            #hostField
            uiInput
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            [disabled]="!mayWrite() || isLocal()"
            [value]="draft().host"
            (input)="change({ host: hostField.value })"
          />
        </ui-field>
      </div>
      <ui-field
        [label]="t('servers.labels')"
        [hint]="t('servers.labelsHint')"
        [problem]="labelsProblem()"
      >
        <input
          #labelsField
          uiInput
          class="mono"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          placeholder="env=production role=web"
          [disabled]="!mayWrite()"
          [value]="draft().labels"
          (input)="change({ labels: labelsField.value })"
        />
      </ui-field>
      @if (otherProblem(); as error) {
        <ui-error-state [error]="error" [retryable]="false" />
      }
      @if (mayWrite()) {
        <div>
          <button uiButton type="submit" [busy]="busy()" [disabled]="!isChanged()">
            {{ t('ui.save') }}
          </button>
        </div>
      }
    </form>
  </ui-card>`,
})
export class GeneralCard {
  private readonly api = inject(Api);
  private readonly store = inject(ServerStore);
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly mayWrite = computed(() => this.session.can('servers:write'));
  protected readonly isLocal = computed(() => this.store.details()?.connection === 'local');

  private readonly stored = computed(
    () => {
      const details = this.store.details();
      return {
        name: details?.name ?? '',
        host: details?.host ?? '',
        labels: formatLabels(details?.labels ?? {}),
      };
    },
    // Heartbeats fetch the same again: what was typed meanwhile must stay.
    { equal: (a, b) => a.name === b.name && a.host === b.host && a.labels === b.labels },
  );
  protected readonly draft = linkedSignal(() => this.stored());
  protected readonly isChanged = computed(() => {
    const [draft, stored] = [this.draft(), this.stored()];
    return (
      draft.name.trim() !== stored.name ||
      draft.host.trim() !== stored.host ||
      draft.labels.trim() !== stored.labels
    );
  });
  private readonly labels = computed(() => parseLabels(this.draft().labels, this.t));
  protected readonly labelsProblem = computed(() => {
    const labels = this.labels();
    return 'problem' in labels ? labels.problem : null;
  });
  protected readonly nameProblem = computed(() => {
    const problem = this.problem();
    if (problem?.name === 'server_name_taken') return problem.detail;
    return checkName(this.draft().name, this.t);
  });
  protected readonly hostProblem = computed(() => checkHost(this.draft().host, this.t));
  protected readonly otherProblem = computed(() => {
    const problem = this.problem();
    return problem?.name === 'server_name_taken' ? null : problem;
  });

  protected change(changes: Partial<{ name: string; host: string; labels: string }>): void {
    this.problem.set(null);
    this.draft.update((draft) => ({ ...draft, ...changes }));
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const labels = this.labels();
    const isWrong = this.nameProblem() !== null || this.hostProblem() !== null;
    if (this.busy() || isWrong || 'problem' in labels || !this.isChanged()) return;
    const [draft, stored] = [this.draft(), this.stored()];
    this.busy.set(true);
    this.problem.set(null);
    try {
      const body = {
        labels: labels.labels,
        ...(draft.name.trim() === stored.name ? {} : { name: draft.name.trim() }),
        ...(draft.host.trim() === stored.host ? {} : { host: draft.host.trim() }),
      };
      await this.api.invoke(updateServer, { id: this.store.id(), body });
      await this.store.reload();
      this.toasts.show(this.t('server.saved'));
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }
}
