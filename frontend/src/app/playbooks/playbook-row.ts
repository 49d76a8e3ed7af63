import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { PlaybookSummary } from '../platform/api/generated/models/playbook-summary';
import { injectTranslate } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { Button } from '../ui/button';
import { RelativeTime } from '../ui/relative-time';
import { OPERATION_STATUS, PLAYBOOK_STATUS } from '../ui/status';
import { StatusBadge } from '../ui/status-badge';

/** One playbook of the list: what it is, whether it may run, and how it went last. */
@Component({
  selector: 'app-playbook-row',
  imports: [Button, RelativeTime, RouterLink, StatusBadge],
  styleUrl: './playbook-row.css',
  template: `<div class="words">
      <span class="name"
        ><a [routerLink]="['/playbooks', playbook().id]">{{ playbook().title }}</a>
        @if (playbook().title !== playbook().name) {
          <span class="mono subtle">{{ playbook().name }}</span>
        }
      </span>
      @if (playbook().description; as text) {
        <span class="muted text">{{ text }}</span>
      }
    </div>
    <div class="state">
      @if (isOwn()) {
        <ui-status-badge [look]="looks[playbook().latest_state]" />
        <span class="small muted number">{{ version() }}</span>
      }
    </div>
    <div class="run">
      @if (playbook().last_run; as run) {
        <a class="last" [routerLink]="['/playbook-runs', run.id]">
          <span class="cdk-visually-hidden">{{ t('playbooks.lastRun') }}:</span>
          <ui-status-badge plain [look]="runLooks[run.state]" />
          <span class="small muted number"><ui-relative-time [at]="run.created_at" /></span>
        </a>
      } @else {
        <span class="small subtle">{{ t('playbooks.neverRun') }}</span>
      }
    </div>
    @if (mayRun()) {
      <span class="action">
        @if (playbook().usable_version !== null) {
          <a
            uiButton
            size="small"
            icon="play"
            [routerLink]="['/playbooks', playbook().id, 'run']"
            [attr.aria-label]="t('playbooks.runNamed', { name: playbook().title })"
            >{{ t('playbooks.run') }}</a
          >
        }
      </span>
    }`,
})
export class PlaybookRow {
  readonly playbook = input.required<PlaybookSummary>();
  private readonly session = inject(SessionStore);
  protected readonly t = injectTranslate();
  protected readonly looks = PLAYBOOK_STATUS;
  protected readonly runLooks = OPERATION_STATUS;
  protected readonly mayRun = computed(() => this.session.can('playbooks:run'));
  protected readonly isOwn = computed(() => this.playbook().source === 'own');
  protected readonly version = computed(() => {
    const { latest_version: latest, usable_version: usable } = this.playbook();
    if (usable === null || usable === latest) return this.t('playbooks.version', { n: latest });
    return this.t('playbooks.usableOf', { usable, latest });
  });
}
