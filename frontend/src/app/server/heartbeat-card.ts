import { Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { updateServer } from '../platform/api/generated/fn/servers/update-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { SessionStore } from '../platform/session/session-store';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { CheckField } from '../ui/check-field';
import { ErrorState } from '../ui/error-state';
import { Field, Input } from '../ui/field';
import { Toasts } from '../ui/toasts';
import { ServerStore } from './server-store';

interface HeartbeatDraft {
  readonly own: boolean;
  readonly min: string;
  readonly max: string;
}

const DEFAULTS = { min: '20', max: '60' };

/** How often the manager asks the agent. */
@Component({
  selector: 'app-heartbeat-card',
  imports: [Button, Card, CheckField, ErrorState, Field, Input],
  styles: `
    form {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
  `,
  template: `<ui-card
    [heading]="t('servers.heartbeat')"
    [note]="t('server.heartbeatNote')"
    icon="activity"
  >
    <form (submit)="save($event)" novalidate>
      <ui-check-field
        [label]="t('server.heartbeatOwn')"
        [disabled]="!mayWrite()"
        [checked]="draft().own"
        (checkedChange)="change({ own: $event })"
      />
      @if (draft().own) {
        <div class="form-grid">
          <ui-field [label]="t('server.heartbeatMin')" [problem]="minProblem()">
            <input
              #min
              uiInput
              class="number"
              inputmode="numeric"
              [disabled]="!mayWrite()"
              [value]="draft().min"
              (input)="change({ min: min.value })"
            />
          </ui-field>
          <ui-field
            [label]="t('server.heartbeatMax')"
            [hint]="t('server.heartbeatHint')"
            [problem]="maxProblem()"
          >
            <input
              #max
              uiInput
              class="number"
              inputmode="numeric"
              [disabled]="!mayWrite()"
              [value]="draft().max"
              (input)="change({ max: max.value })"
            />
          </ui-field>
        </div>
      }
      @if (problem(); as error) {
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
export class HeartbeatCard {
  private readonly api = inject(Api);
  private readonly store = inject(ServerStore);
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly mayWrite = computed(() => this.session.can('servers:write'));
  private readonly stored = computed<HeartbeatDraft>(
    () => {
      const own = this.store.details()?.heartbeat ?? null;
      if (own === null) return { own: false, ...DEFAULTS };
      return {
        own: true,
        min: String(own.min_interval_seconds),
        max: String(own.max_interval_seconds),
      };
    },
    { equal: isSame },
  );
  protected readonly draft = linkedSignal(() => this.stored());
  protected readonly isChanged = computed(() => !isSame(this.draft(), this.stored()));
  protected readonly minProblem = computed(() => this.secondsProblem(this.draft().min));
  protected readonly maxProblem = computed(() => {
    const { min, max } = this.draft();
    const problem = this.secondsProblem(max);
    return problem ?? (Number(max) < Number(min) ? this.t('server.heartbeatOrder') : null);
  });

  protected change(changes: Partial<HeartbeatDraft>): void {
    this.draft.update((draft) => ({ ...draft, ...changes }));
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const { own, min, max } = this.draft();
    const isWrong = own && (this.minProblem() !== null || this.maxProblem() !== null);
    if (this.busy() || isWrong || !this.isChanged()) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      const heartbeat = own
        ? { min_interval_seconds: Number(min), max_interval_seconds: Number(max) }
        : null;
      await this.api.invoke(updateServer, { id: this.store.id(), body: { heartbeat } });
      await this.store.reload();
      this.toasts.show(this.t('server.saved'));
    } catch (error) {
      this.problem.set(toProblem(error));
    } finally {
      this.busy.set(false);
    }
  }

  private secondsProblem(text: string): string | null {
    const isRight = /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 3600;
    return isRight ? null : this.t('server.heartbeatRange');
  }
}

function isSame(a: HeartbeatDraft, b: HeartbeatDraft): boolean {
  return a.own === b.own && (!a.own || (a.min === b.min && a.max === b.max));
}
