import { Component, computed, inject, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { requestOperation } from '../platform/api/generated/fn/operations/request-operation';
import type { PlainKey } from '../../i18n/en';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectGoOn } from '../platform/page/go-on';
import { toProblem } from '../platform/problem/parse-problem';
import { SessionStore } from '../platform/session/session-store';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Dialogs } from '../ui/dialogs';
import { hasLogin } from '../servers/server-login';
import { Toasts } from '../ui/toasts';
import { NewLogin } from './new-login';
import { ServerStore } from './server-store';

type AgentOperation = 'install_agent' | 'repair_agent' | 'reinstall_agent' | 'uninstall_agent';

/** What is asked before each, and what is lost by it. */
const WORDS = {
  install_agent: { title: 'agent.installTitle', body: 'agent.installBody', lost: [] },
  repair_agent: { title: 'agent.repairTitle', body: 'agent.repairBody', lost: [] },
  reinstall_agent: {
    title: 'agent.reinstallTitle',
    body: 'agent.reinstallBody',
    lost: ['agent.losesIdentity', 'agent.losesCommands'],
  },
  uninstall_agent: {
    title: 'agent.uninstallTitle',
    body: 'agent.uninstallBody',
    lost: ['servers.removesAgent', 'agent.losesCommands'],
  },
} as const satisfies Record<
  AgentOperation,
  { title: string; body: PlainKey; lost: readonly PlainKey[] }
>;

/** Installs, repairs, reinstalls and uninstalls the agent. */
@Component({
  selector: 'app-agent-card',
  imports: [Button, Card],
  styles: `
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px 16px;
      padding: 12px 16px;
    }
    li:not(:first-child) {
      border-top: 1px solid var(--line);
    }
    .words {
      flex: 1;
      min-width: 220px;
    }
  `,
  template: `@if (mayOperate()) {
    <ui-card [heading]="t('agent.title')" icon="plug" flush>
      <ul>
        @if (needsLogin()) {
          <li>
            <p class="words muted">{{ t('agent.noLogin') }}</p>
            @if (mayWrite()) {
              <button uiButton size="small" icon="key" (click)="newLogin.add()">
                {{ t('server.addLogin') }}
              </button>
            }
          </li>
        }
        @for (choice of choices(); track choice.type) {
          <li>
            <div class="words">
              <strong>{{ choice.label }}</strong>
              <p class="small muted">{{ choice.body }}</p>
            </div>
            <button
              [uiButton]="choice.destroys ? 'danger' : 'secondary'"
              size="small"
              [busy]="busy() === choice.type"
              [disabled]="busy() !== null"
              (click)="ask(choice.type)"
            >
              {{ choice.label }}
            </button>
          </li>
        }
      </ul>
    </ui-card>
  }`,
})
export class AgentCard {
  private readonly api = inject(Api);
  private readonly goOn = injectGoOn();
  private readonly dialogs = inject(Dialogs);
  private readonly session = inject(SessionStore);
  private readonly store = inject(ServerStore);
  protected readonly newLogin = inject(NewLogin);
  private readonly toasts = inject(Toasts);
  protected readonly t = injectTranslate();
  protected readonly busy = signal<AgentOperation | null>(null);
  protected readonly mayOperate = computed(() => this.session.can('operations:run'));
  protected readonly mayWrite = computed(() => this.session.can('servers:write'));
  protected readonly needsLogin = computed(() => {
    const server = this.store.live();
    return server !== null && !hasLogin(server);
  });
  protected readonly choices = computed(() => {
    // Each of them goes over SSH: the manager would refuse.
    if (this.needsLogin()) return [];
    const isInstalled = this.store.live()?.agent_version !== null;
    const types: readonly AgentOperation[] = isInstalled
      ? ['repair_agent', 'reinstall_agent', 'uninstall_agent']
      : ['install_agent'];
    return types.map((type) => ({
      type,
      label: this.t(`operation.${type}`),
      body: this.t(WORDS[type].body),
      destroys: WORDS[type].lost.length > 0,
    }));
  });

  protected async ask(type: AgentOperation): Promise<void> {
    const { title, body, lost } = WORDS[type];
    const sure = await this.dialogs.confirm({
      title: this.t(title, { name: this.store.name() }),
      body: this.t(body),
      action: this.t(`operation.${type}`),
      ...(lost.length === 0
        ? { harmless: true }
        : { consequences: lost.map((key) => this.t(key)) }),
      ...(type === 'uninstall_agent' ? { typedName: this.store.name() } : {}),
    });
    if (!sure) return;
    this.busy.set(type);
    try {
      const id = this.store.id();
      const operation = await this.api.invoke(requestOperation, { id, body: { type, params: {} } });
      await this.goOn(['/servers', id, 'operations', operation.id]);
    } catch (error) {
      this.toasts.show(toProblem(error).detail, { tone: 'bad' });
    } finally {
      this.busy.set(null);
    }
  }
}
