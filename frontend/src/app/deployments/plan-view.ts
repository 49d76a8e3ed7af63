import { Component, computed, input } from '@angular/core';
import type { DeploymentPlan } from '../platform/api/generated/models/deployment-plan';
import type { PlannedFile } from '../platform/api/generated/models/planned-file';
import { injectTranslate } from '../platform/i18n/i18n';
import { CodeBlock } from '../ui/code-block';
import { DiffCountsView, DiffView } from '../ui/diff-view';
import { Notice } from '../ui/notice';

/** Exactly what an apply would do on one server: every file with its diff, and the commands. */
@Component({
  selector: 'app-plan-view',
  imports: [CodeBlock, DiffCountsView, DiffView, Notice],
  styles: `
    :host,
    section {
      display: flex;
      flex-direction: column;
      gap: 12px;
      min-width: 0;
    }
    .file {
      display: flex;
      flex-direction: column;
      gap: 6px;
      min-width: 0;
    }
    .head {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 2px 10px;
    }
    .head code {
      overflow-wrap: anywhere;
      font-weight: 600;
    }
    .change {
      padding: 0 6px;
      border-radius: var(--radius-s);
      font-size: 11px;
      line-height: 18px;
      font-weight: 500;
      background: var(--idle-soft);
      color: var(--muted);
    }
    .create {
      background: var(--ok-soft);
      color: var(--ok);
    }
    .update {
      background: var(--info-soft);
      color: var(--info);
    }
    .delete {
      background: var(--bad-soft);
      color: var(--bad);
    }
    .warn {
      color: var(--warn);
    }
  `,
  template: `@if (!plan().server.reachable) {
      <ui-notice tone="warn">{{
        t('wizard.unreachable', { reason: plan().server.reason ?? '' })
      }}</ui-notice>
    } @else if (!plan().has_changes) {
      <ui-notice tone="ok">{{ t('wizard.nothingToChange') }}</ui-notice>
    }
    <section [attr.aria-label]="t('wizard.files')">
      <h3>{{ t('wizard.files') }}</h3>
      @for (file of plan().files; track file.path) {
        <div class="file">
          <div class="head">
            <code>{{ file.path }}</code>
            <span class="change {{ file.change }}">{{ wordOf(file) }}</span>
            @if (file.owner !== null) {
              <span class="small subtle mono">{{ ownerOf(file) }}</span>
            }
            @if (file.diff; as diff) {
              <ui-diff-counts [diff]="diff" />
            }
          </div>
          @if (file.changed_on_server) {
            <p class="small warn">{{ t('wizard.changedOnServer') }}</p>
          }
          @if (file.secret) {
            <p class="small muted">{{ t('wizard.secretFile') }}</p>
          }
          @if (file.diff; as diff) {
            <ui-diff-view [diff]="diff" [label]="file.path" />
          }
        </div>
      }
    </section>
    @if (commands() !== '') {
      <section>
        <h3>{{ t('wizard.commands') }}</h3>
        <ui-code-block [code]="commands()" [label]="t('wizard.commands')" wrap />
      </section>
    }`,
})
export class PlanView {
  readonly plan = input.required<DeploymentPlan>();
  protected readonly t = injectTranslate();
  protected readonly commands = computed(() => this.plan().commands.join('\n'));

  protected wordOf({ change }: PlannedFile): string {
    return this.t(`wizard.change.${change}`);
  }

  protected ownerOf({ owner, group, mode }: PlannedFile): string {
    return this.t('wizard.owner', {
      owner: owner ?? '',
      group: group ?? '',
      mode: mode ?? '',
    });
  }
}
