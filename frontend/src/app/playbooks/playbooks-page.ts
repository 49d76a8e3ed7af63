import { Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';
import { PlaybookTabs } from '../playbook-runs/playbook-tabs';
import { SessionStore } from '../platform/session/session-store';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { PageHeader } from '../ui/page-header';
import { SearchInput } from '../ui/search-input';
import { Skeleton } from '../ui/skeleton';
import { StaleMarker } from '../ui/stale-marker';
import { followPlaybooks } from './playbook-feed';
import { PlaybookRow } from './playbook-row';
import { foundPlaybooks } from './playbook-search';

/** Every playbook: the user's own, and those that come with MyX. */
@Component({
  selector: 'app-playbooks-page',
  imports: [
    Button,
    Card,
    EmptyState,
    ErrorState,
    PageHeader,
    PlaybookRow,
    PlaybookTabs,
    RouterLink,
    SearchInput,
    Skeleton,
    StaleMarker,
  ],
  styles: `
    li:not(:first-child) {
      border-top: 1px solid var(--line);
    }
    .none {
      padding: 20px 16px;
    }
  `,
  template: `<div class="page">
    <ui-page-header [heading]="t('nav.playbooks')" [note]="t('playbooks.intro')">
      <ui-stale-marker uiPageBadges [fetchedAt]="list.fetchedAt()" />
      @if (mayWrite()) {
        <a uiPageActions uiButton="primary" icon="plus" routerLink="/playbooks/new">{{
          t('playbooks.new')
        }}</a>
      }
    </ui-page-header>
    <app-playbook-tabs />
    @if (list.problem(); as problem) {
      <ui-error-state [error]="problem" (retry)="list.reload()" />
    }
    @if (list.value()) {
      <div class="row">
        <ui-search-input
          [label]="t('playbooks.search')"
          [value]="q() ?? ''"
          (valueChange)="find($event)"
        />
        <p class="cdk-visually-hidden" role="status">{{ counted() }}</p>
      </div>
      <ui-card [heading]="t('playbooks.own')" icon="scroll" flush>
        <ul [attr.aria-label]="t('playbooks.own')">
          @for (playbook of own(); track playbook.id) {
            <li><app-playbook-row [playbook]="playbook" /></li>
          }
        </ul>
        @if (own().length === 0) {
          @if (hasOwn()) {
            <p class="none muted">{{ t('playbooks.notFound', { query: q() ?? '' }) }}</p>
          } @else {
            <ui-empty-state
              icon="scroll"
              [heading]="t('playbooks.none')"
              [body]="t('playbooks.noneBody')"
            >
              @if (mayWrite()) {
                <a uiButton icon="plus" routerLink="/playbooks/new">{{ t('playbooks.new') }}</a>
              }
            </ui-empty-state>
          }
        }
      </ui-card>
      <ui-card
        [heading]="t('playbooks.builtin')"
        [note]="t('playbooks.builtinNote')"
        icon="box"
        flush
      >
        <ul [attr.aria-label]="t('playbooks.builtin')">
          @for (playbook of builtin(); track playbook.id) {
            <li><app-playbook-row [playbook]="playbook" /></li>
          }
        </ul>
        @if (builtin().length === 0) {
          <p class="none muted">{{ t('playbooks.notFound', { query: q() ?? '' }) }}</p>
        }
      </ui-card>
    } @else if (!list.problem()) {
      <ui-skeleton [lines]="8" [height]="24" />
    }
  </div>`,
})
export class PlaybooksPage {
  /** What is searched for, in the address. */
  readonly q = input<string>();
  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  protected readonly t = injectTranslate();
  protected readonly list = followPlaybooks();
  protected readonly mayWrite = computed(() => this.session.can('playbooks:write'));
  private readonly found = computed(() =>
    foundPlaybooks(this.list.value() ?? [], this.q()?.trim() ?? ''),
  );
  protected readonly own = computed(() => this.found().filter(({ source }) => source === 'own'));
  protected readonly builtin = computed(() =>
    this.found().filter(({ source }) => source === 'builtin'),
  );
  protected readonly hasOwn = computed(
    () => this.list.value()?.some(({ source }) => source === 'own') ?? false,
  );
  /** For screen readers, while somebody searches. */
  protected readonly counted = computed(() =>
    (this.q() ?? '') === '' ? '' : this.t('playbooks.count', { n: this.found().length }),
  );

  protected find(query: string): void {
    void this.router.navigate([], {
      queryParams: { q: query === '' ? null : query },
      replaceUrl: true,
    });
  }
}
