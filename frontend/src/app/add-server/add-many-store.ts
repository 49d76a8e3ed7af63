import { Injectable, computed, inject, linkedSignal, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { createServer } from '../platform/api/generated/fn/servers/create-server';
import { probeSshServer } from '../platform/api/generated/fn/servers/probe-ssh-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { causeText } from '../platform/i18n/manager-words';
import { toProblem } from '../platform/problem/parse-problem';
import { EMPTY_LOGIN, authOf, checkLogin, isComplete, sudoMember } from '../ssh-login/login-draft';
import type { LoginDraft } from '../ssh-login/login-draft';
import { parseServerList } from './server-list-text';
import type { ListedServer } from './server-list-text';

/** How far one server of the list is. */
export type ManyState =
  | { readonly at: 'listed' }
  | { readonly at: 'probing' }
  | { readonly at: 'seen'; readonly fingerprint: string; readonly algorithm: string }
  | { readonly at: 'unreachable'; readonly message: string }
  | { readonly at: 'adding'; readonly fingerprint: string }
  | { readonly at: 'refused'; readonly message: string; readonly fingerprint: string }
  | { readonly at: 'added'; readonly id: string; readonly operation: string | null };

/** One row of the list. */
export interface ManyRow {
  readonly server: ListedServer;
  readonly state: ManyState;
}

/** Requests at the same time. */
const PARALLEL = 6;

/** Several servers that are added with one login. One for each visit of the page. */
@Injectable()
export class AddManyStore {
  private readonly api = inject(Api);
  private readonly t = injectTranslate();

  readonly text = signal('');
  readonly login = signal<LoginDraft>(EMPTY_LOGIN);
  readonly accepted = signal(false);
  readonly tried = signal(false);
  readonly busy = signal(false);

  private readonly listed = computed(() => parseServerList(this.text(), this.t));
  readonly rows = linkedSignal<readonly ManyRow[]>(() =>
    this.listed().map((server) => ({ server, state: { at: 'listed' } })),
  );
  readonly wrong = computed(
    () => this.rows().filter(({ server }) => server.problem !== null).length,
  );
  readonly seen = computed(() => this.count('seen') + this.count('refused'));
  readonly unreachable = computed(() => this.count('unreachable'));
  readonly added = computed(() => this.count('added'));
  readonly toProbe = computed(
    () =>
      this.rows().filter(
        ({ server, state }) =>
          server.problem === null && (state.at === 'listed' || state.at === 'unreachable'),
      ).length,
  );
  /** Once servers were added the list is not edited any more. */
  readonly isStarted = computed(() => this.added() + this.count('adding') > 0);

  /** Looks at every server that was not seen yet. */
  async probeAll(): Promise<void> {
    const todo = this.rows().filter(
      ({ server, state }) =>
        server.problem === null && (state.at === 'listed' || state.at === 'unreachable'),
    );
    await this.each(todo, (row) => this.probe(row.server));
  }

  /** Adds every server whose key was seen, once somebody vouched for the keys. */
  async addAll(): Promise<void> {
    this.tried.set(true);
    if (!this.accepted() || !isComplete(checkLogin(this.login(), this.t))) return;
    const todo = this.rows().filter(({ state }) => state.at === 'seen' || state.at === 'refused');
    await this.each(todo, (row) => this.add(row));
  }

  private async probe(server: ListedServer): Promise<void> {
    this.put(server, { at: 'probing' });
    try {
      const body = { host: server.host, port: server.port };
      const { host_key: key, problem } = await this.api.invoke(probeSshServer, { body });
      this.put(
        server,
        key
          ? { at: 'seen', fingerprint: key.fingerprint, algorithm: key.algorithm }
          : { at: 'unreachable', message: problem ? causeText(problem) : '' },
      );
    } catch (error) {
      this.put(server, { at: 'unreachable', message: toProblem(error).detail });
    }
  }

  private async add({ server, state }: ManyRow): Promise<void> {
    if (state.at !== 'seen' && state.at !== 'refused') return;
    const { fingerprint } = state;
    const login = this.login();
    this.put(server, { at: 'adding', fingerprint });
    try {
      const body = {
        name: server.name,
        host: server.host,
        labels: server.labels,
        install: true,
        ssh: {
          port: server.port,
          username: server.username ?? login.username.trim(),
          auth: authOf(login),
          host_key: { fingerprint },
          ...sudoMember({ ...login, username: server.username ?? login.username }),
        },
      };
      const created = await this.api.invoke(createServer, { body });
      this.put(server, { at: 'added', id: created.server.id, operation: created.operation_id });
    } catch (error) {
      this.put(server, { at: 'refused', message: toProblem(error).detail, fingerprint });
    }
  }

  private async each(
    rows: readonly ManyRow[],
    work: (row: ManyRow) => Promise<void>,
  ): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    const todo = [...rows];
    const workers = Array.from({ length: PARALLEL }, async () => {
      for (let next = todo.shift(); next; next = todo.shift()) await work(next);
    });
    await Promise.all(workers);
    this.busy.set(false);
  }

  private put(server: ListedServer, state: ManyState): void {
    this.rows.update((rows) =>
      // The list may be another one by now, with another server in this line.
      rows.map((row) => (row.server === server ? { ...row, state } : row)),
    );
  }

  private count(at: ManyState['at']): number {
    return this.rows().filter(({ state }) => state.at === at).length;
  }
}
