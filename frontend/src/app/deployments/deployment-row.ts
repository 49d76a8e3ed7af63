import { Component, computed, inject, input } from '@angular/core';
import type { DeploymentSummary } from '../platform/api/generated/models/deployment-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { KindCatalog } from '../deployment/kind-catalog';
import { RelativeTime } from '../ui/relative-time';
import { DEPLOYMENT_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';
import { Cell, Table } from '../ui/table';
import { deploymentReason } from './deployment-reason';

/** One deployment of the list. */
@Component({
  selector: 'app-deployment-row',
  imports: [Cell, RelativeTime, StatusBadge],
  styles: `
    small {
      display: block;
      font-size: 12px;
      line-height: 16px;
      color: var(--muted);
    }
  `,
  template: `<span uiCell="kind"
      ><b>{{ kind() }}</b>
      @if (!table.shows('server')) {
        <small class="truncate">{{ deployment().server_name }}</small>
      }
    </span>
    <span uiCell="server">{{ deployment().server_name }}</span>
    <span uiCell="state"><ui-status-badge [look]="looks[deployment().state]" /></span>
    <span uiCell="why" class="muted" [title]="why()">{{ why() === '' ? '–' : why() }}</span>
    <span uiCell="since" class="small muted number"
      ><ui-relative-time [at]="deployment().state_since"
    /></span>
    <span uiCell="version" class="small number">{{ version() }}</span>
    <span uiCell="changed" class="small muted number"
      ><ui-relative-time [at]="deployment().updated_at"
    /></span>`,
})
export class DeploymentRow {
  readonly deployment = input.required<DeploymentSummary>();

  private readonly kinds = inject(KindCatalog);
  private readonly t = injectTranslate();
  /** Where there is no room for a column of its own, the server stands below. */
  protected readonly table = inject<Table<unknown>>(Table);
  protected readonly looks = DEPLOYMENT_STATUS;
  protected readonly kind = computed(() => this.kinds.title(this.deployment().kind));
  protected readonly why = computed(() => deploymentReason(this.deployment(), this.t));
  protected readonly version = computed(() => {
    const { desired_version: to, applied_version: from } = this.deployment();
    return from === null || from === to
      ? this.t('deployments.nVersion', { n: to })
      : this.t('deployments.versions', { from, to });
  });
}
