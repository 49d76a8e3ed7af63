import { Component, computed, effect, inject, input, linkedSignal, untracked } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { KindCatalog } from '../deployment/kind-catalog';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ListEmpty, ListItems, LiveListView } from '../ui/live-list-view';
import { PageHeader } from '../ui/page-header';
import { SearchInput } from '../ui/search-input';
import { StaleMarker } from '../ui/stale-marker';
import { DEPLOYMENT_STATUS } from '../ui/status';
import { Table, TableRow } from '../ui/table';
import type { TableColumn } from '../ui/table-columns';
import { followDeployments } from './deployment-list';
import { DeploymentRow } from './deployment-row';
import { STATES, deploymentsFilterFrom, deploymentsQuery, isNarrow } from './deployments-filter';

const PAGE = 100;

/** How long somebody may pause while typing what to look for, in milliseconds. */
const TYPING_MS = 250;

/** Every service on every server: what, where, how it is and why. Filters stand in the address. */
@Component({
  selector: 'app-deployments-page',
  imports: [
    Button,
    DeploymentRow,
    EmptyState,
    ListEmpty,
    ListItems,
    LiveListView,
    PageHeader,
    RouterLink,
    SearchInput,
    StaleMarker,
    Table,
    TableRow,
  ],
  styles: `
    :host {
      display: block;
      height: 100%;
    }
    .page {
      height: 100%;
      min-height: 480px;
    }
    .table {
      flex: 1;
      min-height: 0;
    }
    select.input {
      width: auto;
      max-width: 220px;
    }
  `,
  templateUrl: './deployments-page.html',
})
export class DeploymentsPage {
  readonly q = input<string>();
  readonly kind = input<string>();
  readonly state = input<string>();

  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  protected readonly kinds = inject(KindCatalog);
  protected readonly t = injectTranslate();
  protected readonly looks = DEPLOYMENT_STATUS;
  protected readonly states = STATES;

  protected readonly mayWrite = computed(() => this.session.can('deployments:write'));
  protected readonly filter = computed(() =>
    deploymentsFilterFrom({ q: this.q(), kind: this.kind(), state: this.state() }),
  );
  /** The words that were put into the address here. */
  private shown: string | null = null;
  /** What the address says, but for what was typed since the address was asked to say it. */
  protected readonly typed = linkedSignal<string, string>({
    source: () => this.q() ?? '',
    computation: (asked, previous) =>
      previous !== undefined && asked === this.shown ? previous.value : asked,
  });
  protected readonly isNarrow = computed(() => isNarrow(this.filter()));
  protected readonly list = followDeployments(() => deploymentsQuery(this.filter(), PAGE));
  /** Nothing is deployed at all: the one action then stands in the middle. */
  protected readonly isEmpty = computed(() => this.list.items()?.length === 0 && !this.isNarrow());
  protected readonly columns = computed<readonly TableColumn[]>(() => [
    { id: 'kind', label: this.t('deployments.kind'), width: 'minmax(120px, 1fr)' },
    { id: 'server', label: this.t('board.server'), width: 'minmax(110px, 1fr)', fromWidth: 460 },
    { id: 'state', label: this.t('deployments.state'), width: '140px' },
    {
      id: 'why',
      label: this.t('deployments.why'),
      width: 'minmax(160px, 2.4fr)',
      fromWidth: 780,
    },
    { id: 'since', label: this.t('deployments.since'), width: '120px', fromWidth: 620 },
    { id: 'version', label: this.t('deployments.version'), width: '90px', fromWidth: 540 },
    { id: 'changed', label: this.t('deployments.changed'), width: '120px', fromWidth: 960 },
  ]);

  constructor() {
    void this.kinds.load();
    effect((onCleanup) => {
      const [typed, asked] = [this.typed(), this.q() ?? ''];
      if (typed === asked) {
        this.shown = null;
        return;
      }
      const show = (): void => {
        // Somebody goes elsewhere: going to the same page with other words would end that.
        if (untracked(this.router.currentNavigation)) timer = setTimeout(show, TYPING_MS);
        else {
          this.shown = typed;
          this.show({ q: typed === '' ? null : typed });
        }
      };
      let timer = setTimeout(show, TYPING_MS);
      onCleanup(() => {
        clearTimeout(timer);
      });
    });
  }

  protected readonly keyOf = ({ id }: DeploymentSummary): string => id;

  protected show(params: Readonly<Record<string, string | null>>): void {
    void this.router.navigate([], {
      queryParams: params,
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  protected open({ id }: DeploymentSummary): void {
    void this.router.navigate(['/deployments', id]);
  }
}
