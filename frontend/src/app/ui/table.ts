import {
  Component,
  DestroyRef,
  Directive,
  ElementRef,
  TemplateRef,
  booleanAttribute,
  computed,
  contentChild,
  inject,
  input,
  linkedSignal,
  model,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { NgTemplateOutlet } from '@angular/common';
import { injectTranslate } from '../platform/i18n/i18n';
import { Icon } from './icon';
import { rowWindow, scrollTopFor } from './row-window';
import { columnsThatFit, nextSort, withRange } from './table-columns';
import type { TableColumn, TableSort } from './table-columns';

/**
 * The cells of one row: `<ng-template uiTableRow [uiTableRowOf]="ids" let-id>` with one component of its
 * own inside. Only that component may read live signals: reads in this template would belong to the whole
 * page and draw it anew on every change.
 */
@Directive({ selector: 'ng-template[uiTableRow]' })
export class TableRow<Row> {
  /** The rows, for their type. */
  readonly uiTableRowOf = input<readonly Row[]>();
  readonly template = inject<TemplateRef<{ $implicit: Row }>>(TemplateRef);

  static ngTemplateContextGuard<Row>(
    _directive: TableRow<Row>,
    _context: unknown,
  ): _context is { $implicit: Row } {
    return true;
  }
}

/**
 * A table of any length with rows of one height: only the rows in view are in the DOM. Sortable headings,
 * selection with ranges (Shift), and rows that are walked with the arrow keys and opened with Enter.
 */
@Component({
  selector: 'ui-table',
  imports: [Icon, NgTemplateOutlet],
  templateUrl: './table.html',
  styleUrl: './table.css',
})
export class Table<Row> {
  readonly label = input.required<string>();
  readonly rows = input.required<readonly Row[]>();
  readonly columns = input.required<readonly TableColumn[]>();
  readonly keyOf = input.required<(row: Row) => string>();
  /** Name of a row, for its checkbox. */
  readonly nameOf = input<(row: Row) => string>();
  readonly rowHeight = input(48);
  readonly selectable = input(false, { transform: booleanAttribute });
  readonly sort = model<TableSort | null>(null);
  readonly selected = model<ReadonlySet<string>>(new Set());
  /** A row was clicked, or Enter was pressed on it. */
  readonly opened = output<Row>();

  protected readonly t = injectTranslate();
  protected readonly row = contentChild.required<TableRow<Row>>(TableRow);
  private readonly viewport = viewChild.required<ElementRef<HTMLElement>>('viewport');
  protected readonly scrollTop = signal(0);
  private readonly size = signal({ width: 1000, height: 600 });
  private anchor = 0;

  protected readonly keys = computed(() => this.rows().map(this.keyOf()));
  protected readonly active = linkedSignal<number, number>({
    source: () => this.rows().length,
    computation: (count, previous) => Math.max(0, Math.min(previous?.value ?? 0, count - 1)),
  });
  protected readonly visibleColumns = computed(() =>
    columnsThatFit(this.columns(), this.size().width),
  );
  protected readonly tracks = computed(() =>
    [
      ...(this.selectable() ? ['40px'] : []),
      ...this.visibleColumns().map(({ width }) => width),
    ].join(' '),
  );
  protected readonly window = computed(
    () => rowWindow(this.rows().length, this.rowHeight(), this.scrollTop(), this.size().height),
    {
      equal: (a, b) => a.start === b.start && a.end === b.end && a.after === b.after,
    },
  );
  protected readonly shown = computed(() => {
    const { start, end } = this.window();
    return this.rows()
      .slice(start, end)
      .map((row, offset) => ({ row, index: start + offset, key: this.keyOf()(row) }));
  });
  protected readonly allSelected = computed(
    () => this.keys().length > 0 && this.keys().every((key) => this.selected().has(key)),
  );

  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry)
        this.size.set({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(host);
    inject(DestroyRef).onDestroy(() => {
      observer.disconnect();
    });
  }

  /** True while the table is wide enough for this column. For the cells. */
  shows(column: string): boolean {
    return this.visibleColumns().some(({ id }) => id === column);
  }

  protected ariaSort(column: TableColumn): 'ascending' | 'descending' | 'none' | null {
    if (column.sortable !== true) return null;
    const sort = this.sort();
    if (sort?.column !== column.id) return 'none';
    return sort.descending ? 'descending' : 'ascending';
  }

  protected sortBy(column: string): void {
    this.sort.set(nextSort(this.sort(), column));
  }

  protected toggleAll(): void {
    this.selected.set(this.allSelected() ? new Set() : new Set(this.keys()));
  }

  protected toggle(index: number, extend: boolean): void {
    const key = this.keys()[index];
    if (key === undefined) return;
    const on = !this.selected().has(key);
    this.selected.set(
      withRange(this.keys(), this.selected(), extend ? this.anchor : index, index, on),
    );
    this.anchor = index;
  }

  protected open(index: number, event: Event): void {
    const interactive = 'a, button, input, select, textarea, label';
    const isControl = event.target instanceof Element && event.target.closest(interactive) !== null;
    const row = this.rows()[index];
    this.active.set(index);
    if (!isControl && row !== undefined) this.opened.emit(row);
  }

  protected key(event: KeyboardEvent, index: number): void {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor(this.size().height / this.rowHeight()) - 1);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: this.rows().length - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) this.focusRow(target);
    else if (event.key === 'Enter') this.open(index, event);
    else if (event.key === ' ' && this.selectable()) this.toggle(index, event.shiftKey);
    else return;
    event.preventDefault();
  }

  /** Brings row `index` into view and gives it the focus. */
  focusRow(index: number): void {
    const target = Math.max(0, Math.min(index, this.rows().length - 1));
    const viewport = this.viewport().nativeElement;
    const height = viewport.clientHeight - HEADER_HEIGHT;
    const top = scrollTopFor(target, this.rowHeight(), viewport.scrollTop, height);
    if (top !== null) {
      viewport.scrollTop = top;
      this.scrollTop.set(top);
    }
    this.active.set(target);
    requestAnimationFrame(() => {
      viewport.querySelector<HTMLElement>(`[data-row="${String(target)}"]`)?.focus({
        preventScroll: true,
      });
    });
  }
}

const HEADER_HEIGHT = 36;

/** One cell. Gone while its column does not fit. */
@Directive({
  selector: '[uiCell]',
  host: {
    role: 'gridcell',
    '[class.cell-end]': 'end()',
    '[hidden]': '!table.shows(uiCell())',
  },
})
export class Cell {
  /** Id of its column. */
  readonly uiCell = input.required<string>();
  protected readonly table = inject<Table<unknown>>(Table);
  protected readonly end = computed(
    () => this.table.columns().find(({ id }) => id === this.uiCell())?.align === 'end',
  );
}
