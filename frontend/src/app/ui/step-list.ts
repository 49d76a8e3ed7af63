import { Component, computed, inject, input, signal } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { Icon } from './icon';
import { Progress } from './progress';
import { STEP_STATUS } from './status';
import { opensByItself, stepDuration } from './step-view';
import type { StepView } from './step-view';

/** Log lines shown of one step; the download has them all. */
const LINES_SHOWN = 500;

/** One step: state, time, progress, and its log behind a disclosure. */
@Component({
  selector: 'ui-step',
  imports: [Icon, Progress],
  host: { role: 'listitem' },
  templateUrl: './step.html',
  styleUrl: './step.css',
})
export class Step {
  readonly step = input.required<StepView>();
  /** The operation does not come to steps that are still pending. */
  readonly stopped = input(false);
  protected readonly t = injectTranslate();
  protected readonly formats = inject(Formats);
  private readonly clock = inject(Clock);
  private readonly chosen = signal<boolean | null>(null);

  protected readonly look = computed(() => STEP_STATUS[this.step().state]);
  protected readonly stateText = computed(() =>
    this.stopped() && this.step().state === 'pending'
      ? this.t('steps.notReached')
      : this.t(this.look().label),
  );
  protected readonly isOpen = computed(() => this.chosen() ?? opensByItself(this.step()));
  protected readonly canOpen = computed(
    () => this.step().state !== 'pending' && this.step().state !== 'skipped',
  );
  protected readonly lines = computed(() => this.step().log.slice(-LINES_SHOWN));
  protected readonly duration = computed(() => {
    const step = this.step();
    const now = step.state === 'running' ? this.clock.now() : 0;
    const length = stepDuration(step, now);
    return length === null ? '' : this.formats.duration(length);
  });
  protected readonly amount = computed(() => {
    const progress = this.step().progress;
    if (progress === null) return '';
    const say = (value: number): string => {
      if (progress.unit === 'bytes') return this.formats.bytes(value);
      // Whole seconds: it is written anew every second.
      if (progress.unit === 'seconds') return this.formats.duration(Math.floor(value) * 1000);
      return this.formats.number(value);
    };
    const done = say(progress.done);
    return progress.total === null ? done : `${done} / ${say(progress.total)}`;
  });

  protected toggle(): void {
    this.chosen.set(!this.isOpen());
  }
}

/** The steps of an operation in their order. */
@Component({
  selector: 'ui-step-list',
  imports: [Step],
  host: { role: 'list', '[attr.aria-label]': 'label()' },
  styles: `
    :host {
      display: flex;
      flex-direction: column;
    }
  `,
  template: `@for (step of steps(); track step.name) {
    <ui-step [step]="step" [stopped]="stopped()" />
  }`,
})
export class StepList {
  readonly steps = input.required<readonly StepView[]>();
  readonly label = input.required<string>();
  /** One failed or was taken back: those after it are not waiting for anything. */
  protected readonly stopped = computed(() =>
    this.steps().some(({ state }) => ['failed', 'undone', 'undo_failed'].includes(state)),
  );
}
