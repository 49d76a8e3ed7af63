import { Component, computed, inject, input, output, resource } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { diffPlaybookVersion } from '../platform/api/generated/fn/playbooks/diff-playbook-version';
import { injectTranslate } from '../platform/i18n/i18n';
import { DiffSection } from '../ui/diff-section';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';

/** What a version of a playbook changes: its text and its variables, against the version before it or another one. */
@Component({
  selector: 'app-version-comparison',
  imports: [DiffSection, ErrorState, Skeleton],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 14px;
      padding: 14px 16px 16px;
    }
    .with {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 10px;
    }
    .with select {
      width: auto;
      max-width: 100%;
    }
  `,
  template: `<div class="with">
      <label for="compared-with">{{ t('comparison.with') }}</label>
      <select
        #other
        id="compared-with"
        class="input"
        (change)="chosen.emit(other.value === '' ? null : +other.value)"
      >
        @if (version() === 1) {
          <option value="" [selected]="compared() === null">{{ t('comparison.nothing') }}</option>
        }
        @for (number of others(); track number) {
          <option [value]="number" [selected]="number === compared()">
            {{
              number === version() - 1
                ? t('comparison.before', { n: number })
                : t('playbooks.version', { n: number })
            }}
          </option>
        }
      </select>
    </div>
    @if (differences.error(); as problem) {
      <ui-error-state [error]="problem" (retry)="differences.reload()" />
    } @else if (differences.hasValue()) {
      @let changes = differences.value();
      @if (changes.against === null) {
        <p class="muted">{{ t('comparison.first') }}</p>
      } @else if (changes.content_diff === null && changes.variables_diff === null) {
        <p class="muted">{{ t('comparison.same') }}</p>
      } @else {
        @if (changes.content_diff; as diff) {
          <ui-diff-section [diff]="diff" [label]="t('comparison.content')">
            <h3>{{ t('comparison.content') }}</h3>
          </ui-diff-section>
        } @else {
          <p class="muted">{{ t('comparison.sameContent') }}</p>
        }
        @if (changes.variables_diff; as diff) {
          <ui-diff-section [diff]="diff" [label]="t('variables.title')">
            <h3>{{ t('variables.title') }}</h3>
          </ui-diff-section>
        }
      }
    } @else {
      <ui-skeleton [lines]="6" [height]="16" />
    }`,
})
export class VersionComparison {
  readonly playbookId = input.required<string>();
  readonly version = input.required<number>();
  readonly latest = input.required<number>();
  /** Null: the one before it. */
  readonly against = input.required<number | null>();
  /** Another one to compare with; null: the one before it. */
  readonly chosen = output<number | null>();

  private readonly api = inject(Api);
  protected readonly t = injectTranslate();
  protected readonly others = computed(() =>
    Array.from({ length: this.latest() }, (_, index) => this.latest() - index).filter(
      (number) => number !== this.version(),
    ),
  );
  protected readonly compared = computed(
    () => this.against() ?? (this.version() > 1 ? this.version() - 1 : null),
  );
  /** Versions never change: what was fetched stays true. */
  protected readonly differences = resource({
    params: () => ({ id: this.playbookId(), version: this.version(), against: this.compared() }),
    loader: ({ params: { id, version, against } }) =>
      this.api.invoke(diffPlaybookVersion, {
        id,
        version,
        ...(against === null ? {} : { against }),
      }),
  });
}
