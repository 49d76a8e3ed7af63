import { Component, computed, input, output, signal } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { CheckField } from '../ui/check-field';
import { Field, Input } from '../ui/field';
import { Icon } from '../ui/icon';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { USUAL_PARALLEL, runOptionsSet } from './run-draft';
import type { RunDraft, RunOption } from './run-draft';

/** How a playbook runs: as a preview or for real, and the options behind a disclosure. */
@Component({
  selector: 'app-playbook-run-options',
  imports: [CheckField, Field, Icon, Input, Segmented],
  templateUrl: './run-options.html',
  styleUrl: './run-options.css',
})
export class RunOptions {
  readonly draft = input.required<RunDraft>();
  readonly problems = input.required<Readonly<Record<RunOption, string | null>>>();
  readonly changed = output<Partial<RunDraft>>();

  protected readonly t = injectTranslate();
  protected readonly usual = String(USUAL_PARALLEL);
  protected readonly modes = computed<readonly Segment<'real' | 'preview'>[]>(() => [
    { value: 'real', label: this.t('runPlaybook.real'), icon: 'play' },
    { value: 'preview', label: this.t('runPlaybook.preview'), icon: 'eye' },
  ]);
  protected readonly set = computed(() => runOptionsSet(this.draft()));
  private readonly hasProblem = computed(() =>
    Object.values(this.problems()).some((text) => text !== null),
  );
  private readonly wanted = signal(false);
  /** Never closed over a problem. */
  protected readonly isOpen = computed(() => this.wanted() || this.hasProblem());

  protected toggle(): void {
    this.wanted.set(!this.isOpen());
  }
}
