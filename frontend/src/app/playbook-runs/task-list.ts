import type { ElementRef } from '@angular/core';
import {
  Component,
  afterRenderEffect,
  computed,
  input,
  linkedSignal,
  signal,
  viewChild,
} from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { ErrorState } from '../ui/error-state';
import { Segmented } from '../ui/segmented';
import type { Segment } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import type { TaskFeed } from './task-feed';
import { TaskItem } from './task-item';
import { countTasks, isLike, taskRows } from './task-rows';
import type { TaskFilter } from './task-rows';

/** Tasks drawn at once; earlier ones on demand. */
const DRAWN = 300;

/** How near to the end, in pixels, still is the end. */
const NEAR_PX = 24;

/** Every task of a playbook on one server, with its time, while it runs and after. Follows what is new. */
@Component({
  selector: 'app-task-list',
  imports: [ErrorState, Segmented, Skeleton, TaskItem],
  styleUrl: './task-list.css',
  template: `@if (feed().resource.problem(); as problem) {
      <ui-error-state [error]="problem" (retry)="feed().resource.reload()" />
    }
    @if (tasks(); as known) {
      <ui-segmented [label]="t('tasks.filter')" [segments]="segments()" [(value)]="filter" />
      @if (earlier() > 0) {
        <button type="button" class="earlier" (click)="shown.set(shown() + step)">
          {{ t('tasks.earlier', { n: earlier() }) }}
        </button>
      }
      <div
        #scroller
        class="scroller"
        tabindex="0"
        role="region"
        [attr.aria-label]="t('tasks.list', { server: serverName() })"
        (scroll)="scrolled()"
      >
        <div role="list" [attr.aria-label]="t('tasks.list', { server: serverName() })">
          @for (row of drawn(); track row.id) {
            @if (row.startsPlay && hasPlays()) {
              <div role="listitem" class="play">{{ row.play }}</div>
            }
            <app-task-item [row]="row" [feed]="feed()" />
          }
        </div>
        @if (matching().length === 0) {
          <p class="none muted">{{ t(emptyText()) }}</p>
        }
      </div>
      @if (known.dropped > 0) {
        <p class="dropped small muted">{{ t('tasks.dropped', { n: known.dropped }) }}</p>
      }
    } @else if (!feed().resource.problem()) {
      <ui-skeleton [lines]="6" [height]="24" />
    }`,
})
export class TaskList {
  readonly feed = input.required<TaskFeed>();
  readonly serverName = input.required<string>();
  /** The playbook may still do something here. */
  readonly active = input.required<boolean>();

  protected readonly t = injectTranslate();
  protected readonly step = DRAWN;
  protected readonly filter = signal<TaskFilter>('all');
  protected readonly shown = linkedSignal({ source: this.filter, computation: () => DRAWN });
  private readonly scroller = viewChild<ElementRef<HTMLElement>>('scroller');
  private isAtEnd = true;

  protected readonly tasks = computed(() => this.feed().resource.value());
  private readonly rows = computed(() => {
    const tasks = this.tasks();
    return tasks === null ? [] : taskRows(tasks, this.active());
  });
  private readonly counts = computed(() => countTasks(this.rows()));
  protected readonly segments = computed<readonly Segment<TaskFilter>[]>(() => {
    const { all, changed, failed } = this.counts();
    return [
      { value: 'all', label: this.t('tasks.all'), count: all },
      { value: 'changed', label: this.t('tasks.changed'), count: changed },
      { value: 'failed', label: this.t('tasks.failed'), count: failed },
    ];
  });
  protected readonly matching = computed(() =>
    this.rows().filter((row) => isLike(row, this.filter())),
  );
  protected readonly drawn = computed(() => this.matching().slice(-this.shown()));
  protected readonly earlier = computed(() => this.matching().length - this.drawn().length);
  protected readonly hasPlays = computed(
    () => new Set(this.rows().map(({ play }) => play)).size > 1,
  );
  protected readonly emptyText = computed(() => {
    if (this.rows().length > 0) return 'tasks.noneMatch';
    return this.active() ? 'tasks.noneYet' : 'tasks.none';
  });

  constructor() {
    afterRenderEffect(() => {
      this.matching();
      const element = this.scroller()?.nativeElement;
      // Who reads further up is left alone.
      if (element && this.active() && this.isAtEnd) element.scrollTop = element.scrollHeight;
    });
  }

  protected scrolled(): void {
    const element = this.scroller()?.nativeElement;
    if (!element) return;
    this.isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
  }
}
