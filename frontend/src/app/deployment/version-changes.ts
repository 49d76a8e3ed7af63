import { Component, input } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { DiffSection } from '../ui/diff-section';

/** How one version differs from another, as far as it is shown. */
export interface Changes {
  readonly config_diff: string | null;
  readonly files: readonly { readonly path: string; readonly diff: string }[];
}

/** How a version differs: its configuration first, then every file on the server. */
@Component({
  selector: 'app-version-changes',
  imports: [DiffSection],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 12px;
      min-width: 0;
    }
  `,
  template: `@if (changes().config_diff; as diff) {
      <ui-diff-section [diff]="diff" [label]="t('deployment.configuration')">
        <strong>{{ t('deployment.configuration') }}</strong>
      </ui-diff-section>
    }
    @for (file of changes().files; track file.path) {
      <ui-diff-section [diff]="file.diff" [label]="file.path">
        <code>{{ file.path }}</code>
      </ui-diff-section>
    }
    @if (changes().config_diff === null && changes().files.length === 0) {
      <p class="muted">{{ t('deployment.noChanges') }}</p>
    }`,
})
export class VersionChanges {
  readonly changes = input.required<Changes>();
  protected readonly t = injectTranslate();
}
