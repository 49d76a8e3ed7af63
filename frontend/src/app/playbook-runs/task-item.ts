import { Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { NgTemplateOutlet } from '@angular/common';
import { injectTranslate } from '../platform/i18n/i18n';
import { toProblem } from '../platform/problem/parse-problem';
import type { Problem } from '../platform/problem/problem';
import { Clock } from '../platform/time/clock';
import { Formats } from '../platform/time/formats';
import { DiffView } from '../ui/diff-view';
import { ErrorState } from '../ui/error-state';
import { Icon } from '../ui/icon';
import { TASK_STATUS } from '../ui/status';
import type { StatusLook } from '../ui/status';
import type { TaskFeed, TaskResult } from './task-feed';
import { statusOfResult } from './task-rows';
import type { TaskRow } from './task-rows';

/** Items of a loop that are drawn. */
const MOST_ITEMS = 200;

/** One task: how it went, how long it took, and what it said, changed and looped over behind a disclosure. */
@Component({
  selector: 'app-task-item',
  imports: [DiffView, ErrorState, Icon, NgTemplateOutlet],
  host: { role: 'listitem' },
  templateUrl: './task-item.html',
  styleUrl: './task-item.css',
})
export class TaskItem {
  readonly row = input.required<TaskRow>();
  /** Where the rest of a cut result comes from. */
  readonly feed = input.required<TaskFeed>();

  private readonly clock = inject(Clock);
  protected readonly formats = inject(Formats);
  protected readonly t = injectTranslate();
  private readonly chosen = signal<boolean | null>(null);
  protected readonly problem = signal<Problem | null>(null);

  protected readonly look = computed(() => TASK_STATUS[this.row().status]);
  protected readonly wordColour = computed(() => {
    const { tone } = this.look();
    return tone === 'bad' || tone === 'warn' ? `var(--${tone})` : null;
  });
  protected readonly message = computed(() => this.row().result?.message ?? null);
  private readonly cut = computed(() =>
    [...(this.row().result ? [this.row().result] : []), ...this.row().items].filter(
      (result): result is TaskResult => result?.isCut === true,
    ),
  );
  protected readonly canOpen = computed(() => {
    const { items, result } = this.row();
    return (
      items.length > 0 ||
      result?.isCut === true ||
      (result?.message ?? '') !== '' ||
      (result?.diff ?? '') !== ''
    );
  });
  /** What failed says why without being asked. */
  protected readonly isOpen = computed(() => this.chosen() ?? this.look().tone === 'bad');
  protected readonly shownItems = computed(() => this.row().items.slice(-MOST_ITEMS));
  protected readonly moreItems = computed(() => this.row().items.length - this.shownItems().length);
  protected readonly took = computed(() => {
    const { took, startedAt } = this.row();
    if (took !== null) return this.formats.duration(took);
    return startedAt === null
      ? ''
      : this.formats.duration(Math.max(0, this.clock.now() - Date.parse(startedAt)));
  });

  constructor() {
    effect(() => {
      if (this.isOpen() && this.cut().length > 0) untracked(() => void this.complete());
    });
  }

  protected lookOf(result: TaskResult): StatusLook {
    return TASK_STATUS[statusOfResult(result)];
  }

  protected toggle(): void {
    this.chosen.set(!this.isOpen());
  }

  /** Fetches what did not travel with the news. */
  protected async complete(): Promise<void> {
    this.problem.set(null);
    try {
      for (const { seq } of this.cut()) await this.feed().complete(seq);
    } catch (error) {
      this.problem.set(toProblem(error));
    }
  }
}
