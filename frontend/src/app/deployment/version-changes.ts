import { Component, input } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { DiffCountsView, DiffView } from '../ui/diff-view';

/** How one version differs from another, as far as it is shown. */
export interface Changes {
  readonly config_diff: string | null;
  readonly files: readonly { readonly path: string; readonly diff: string }[];
}

/** How a version differs: its configuration first, then every file on the server. */
@Component({
  selector: 'app-version-changes',
  imports: [DiffCountsView, DiffView],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 12px;
      min-width: 0;
    }
    section {
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
    .head > :first-child {
      overflow-wrap: anywhere;
    }
  `,
  template: `@if (changes().config_diff; as diff) {
      <section>
        <div class="head">
          <strong>{{ t('deployment.configuration') }}</strong>
          <ui-diff-counts [diff]="diff" />
        </div>
        <ui-diff-view [diff]="diff" [label]="t('deployment.configuration')" />
      </section>
    }
    @for (file of changes().files; track file.path) {
      <section>
        <div class="head">
          <code>{{ file.path }}</code>
          <ui-diff-counts [diff]="file.diff" />
        </div>
        <ui-diff-view [diff]="file.diff" [label]="file.path" />
      </section>
    }
    @if (changes().config_diff === null && changes().files.length === 0) {
      <p class="muted">{{ t('deployment.noChanges') }}</p>
    }`,
})
export class VersionChanges {
  readonly changes = input.required<Changes>();
  protected readonly t = injectTranslate();
}
