import { Component, computed, inject, signal } from '@angular/core';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { RouterLink } from '@angular/router';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import { Button } from '../ui/button';
import { DialogFrame } from '../ui/dialog-frame';
import { Icon } from '../ui/icon';
import { Progress } from '../ui/progress';
import { Toasts } from '../ui/toasts';

/** The same change on several servers. */
export interface BulkJob {
  readonly servers: readonly BoardServer[];
  readonly title: string;
  /** What is said of a server where it worked. */
  readonly done: string;
  /** Does it for one; answers a link to what goes on there now, if anything does. */
  readonly run: (server: BoardServer) => Promise<readonly string[] | null>;
}

/** How it went on one server. */
interface BulkResult {
  readonly server: BoardServer;
  readonly state: 'waiting' | 'done' | 'failed';
  readonly reason: string;
  readonly link: readonly string[] | null;
}

/** Requests at the same time. */
const PARALLEL = 6;

/** Does the same with several servers and shows each one's result. Closes by itself when all went well. */
@Component({
  selector: 'app-bulk-dialog',
  imports: [Button, DialogFrame, Icon, Progress, RouterLink],
  styles: `
    ui-progress {
      margin-bottom: 12px;
    }
    ul {
      max-height: 50vh;
      overflow-y: auto;
    }
    li {
      display: flex;
      align-items: flex-start;
      gap: 8px;
      padding: 6px 0;
      border-bottom: 1px solid var(--line);
    }
    li:last-child {
      border-bottom: 0;
    }
    li > svg {
      margin-top: 2px;
    }
    .done {
      color: var(--ok);
    }
    .failed {
      color: var(--bad);
    }
    .words {
      flex: 1;
      min-width: 0;
      overflow-wrap: anywhere;
    }
  `,
  template: `<ui-dialog-frame [heading]="job.title">
    <ui-progress [label]="job.title" [done]="ended()" [total]="results().length" />
    <p role="status" class="muted number">
      {{ t('servers.bulkProgress', { done: ended(), total: results().length }) }}
      @if (failed() > 0) {
        · {{ t('servers.bulkFailed', { n: failed() }) }}
      }
    </p>
    <ul tabindex="0" [attr.aria-label]="job.title">
      @for (result of shown(); track result.server.id) {
        <li>
          @switch (result.state) {
            @case ('done') {
              <svg uiIcon="circle-check" class="done"></svg>
            }
            @case ('failed') {
              <svg uiIcon="circle-x" class="failed"></svg>
            }
            @default {
              <svg uiIcon="loader" class="spin"></svg>
            }
          }
          <span class="words">
            <strong>{{ result.server.name }}</strong>
            @if (result.state === 'failed') {
              <br /><span class="small">{{ result.reason }}</span>
            }
          </span>
          @if (result.link; as link) {
            <a class="link small" [routerLink]="link" (click)="ref.close(true)">{{
              t('servers.follow')
            }}</a>
          } @else if (result.state === 'done') {
            <span class="small muted">{{ job.done }}</span>
          }
        </li>
      }
    </ul>
    <ng-container uiDialogActions>
      @if (failed() > 0 && ended() === results().length) {
        <button uiButton icon="refresh" (click)="retryFailed()">
          {{ t('servers.retryFailed') }}
        </button>
      }
      <button uiButton data-autofocus (click)="ref.close(true)">{{ t('ui.close') }}</button>
    </ng-container>
  </ui-dialog-frame>`,
})
export class BulkDialog {
  protected readonly job = inject<BulkJob>(DIALOG_DATA);
  protected readonly ref = inject<DialogRef<boolean>>(DialogRef);
  protected readonly t = injectTranslate();
  private readonly toasts = inject(Toasts);
  protected readonly results = signal<readonly BulkResult[]>(
    this.job.servers.map((server) => ({ server, state: 'waiting', reason: '', link: null })),
  );
  protected readonly ended = computed(
    () => this.results().filter(({ state }) => state !== 'waiting').length,
  );
  protected readonly failed = computed(
    () => this.results().filter(({ state }) => state === 'failed').length,
  );
  /** Failures first, and not thousands of lines. */
  protected readonly shown = computed(() =>
    this.results()
      .toSorted((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed'))
      .slice(0, 200),
  );

  constructor() {
    void this.work();
  }

  protected retryFailed(): void {
    this.results.update((results) =>
      results.map((result) =>
        result.state === 'failed' ? { ...result, state: 'waiting', reason: '' } : result,
      ),
    );
    void this.work();
  }

  private async work(): Promise<void> {
    const waiting = this.results().filter(({ state }) => state === 'waiting');
    const workers = Array.from({ length: PARALLEL }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await this.one(next.server);
    });
    await Promise.all(workers);
    const results = this.results();
    if (this.failed() > 0 || results.length > 1) return;
    const [only] = results;
    this.ref.close(true);
    if (only) this.toasts.show(`${only.server.name}: ${this.job.done}`);
  }

  private async one(server: BoardServer): Promise<void> {
    try {
      const link = await this.job.run(server);
      this.put({ server, state: 'done', reason: '', link });
    } catch (error) {
      this.put({ server, state: 'failed', reason: toProblem(error).detail, link: null });
    }
  }

  private put(result: BulkResult): void {
    this.results.update((results) =>
      results.map((other) => (other.server.id === result.server.id ? result : other)),
    );
  }
}
