import { beforeEach, describe, expect, it } from '@jest/globals';
import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Cell, Table, TableRow } from './table';
import type { TableColumn, TableSort } from './table-columns';

@Component({
  selector: 'app-host',
  imports: [Cell, Table, TableRow],
  template: `<ui-table
    label="Servers"
    selectable
    [rows]="rows()"
    [columns]="columns"
    [keyOf]="keyOf"
    [(sort)]="sort"
    [(selected)]="selected"
    (opened)="opened.push($event)"
  >
    <ng-template uiTableRow [uiTableRowOf]="rows()" let-row>
      <span uiCell="name">{{ row }}</span>
      <span uiCell="cpu"><button type="button">Menu</button></span>
      <span uiCell="wide">wide</span>
    </ng-template>
  </ui-table>`,
})
class Host {
  readonly rows = signal(Array.from({ length: 5000 }, (_, at) => `web-${String(at)}`));
  readonly sort = signal<TableSort | null>(null);
  readonly selected = signal<ReadonlySet<string>>(new Set());
  readonly opened: string[] = [];
  readonly keyOf = (row: string): string => row;
  readonly columns: readonly TableColumn[] = [
    { id: 'name', label: 'Name', width: '1fr', sortable: true },
    { id: 'cpu', label: 'CPU', width: '80px' },
    { id: 'wide', label: 'Wide', width: '80px', fromWidth: 5000 },
  ];
}

describe('Table', () => {
  let fixture: ReturnType<typeof TestBed.createComponent<Host>>;
  let root: HTMLElement;
  const rowsShown = (): HTMLElement[] => [...root.querySelectorAll<HTMLElement>('.body')];
  const checks = (): HTMLInputElement[] => [
    ...root.querySelectorAll<HTMLInputElement>('.body input[type=checkbox]'),
  ];

  beforeEach(async () => {
    fixture = TestBed.createComponent(Host);
    root = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
  });

  it('keeps only the rows in view in the DOM, and says how many there are', () => {
    expect(rowsShown().length).toBeLessThan(40);
    expect(root.querySelector('[role=grid]')?.getAttribute('aria-rowcount')).toBe('5001');
    expect(rowsShown()[0]?.getAttribute('aria-rowindex')).toBe('2');
  });

  it('has one row in the tab order', () => {
    expect(rowsShown().filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
  });

  it('sorts by a heading and tells by what', async () => {
    const heading = root.querySelector<HTMLElement>('[role=columnheader] button');
    heading?.click();
    await fixture.whenStable();

    expect(fixture.componentInstance.sort()).toEqual({ column: 'name', descending: false });
    expect(heading?.closest('[role=columnheader]')?.getAttribute('aria-sort')).toBe('ascending');
  });

  it('selects one, a range with Shift, and all', async () => {
    checks()[1]?.click();
    checks()[4]?.dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true }));
    await fixture.whenStable();
    expect([...fixture.componentInstance.selected()]).toEqual(['web-1', 'web-2', 'web-3', 'web-4']);

    root.querySelector<HTMLInputElement>('.head input')?.click();
    await fixture.whenStable();
    expect(fixture.componentInstance.selected().size).toBe(5000);
  });

  it('opens a row by click and by Enter, but not by the controls in it', () => {
    const row = rowsShown()[2];
    row?.click();
    row?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    row?.querySelector('button')?.click();

    expect(fixture.componentInstance.opened).toEqual(['web-2', 'web-2']);
  });

  it('moves the focus with the arrow keys and selects with the space bar', async () => {
    rowsShown()[0]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }));
    await fixture.whenStable();
    expect(rowsShown()[1]?.tabIndex).toBe(0);

    rowsShown()[1]?.dispatchEvent(new KeyboardEvent('keydown', { key: ' ' }));
    await fixture.whenStable();
    expect([...fixture.componentInstance.selected()]).toEqual(['web-1']);
  });

  it('leaves out the cells of columns that do not fit', () => {
    const cells = [...(rowsShown()[0]?.querySelectorAll<HTMLElement>('[uicell]') ?? [])];

    expect(cells.map(({ hidden }) => hidden)).toEqual([false, false, true]);
    expect(root.querySelectorAll('[role=columnheader]')).toHaveLength(3);
  });

  it('survives that rows go away while the last is active', async () => {
    rowsShown()[0]?.dispatchEvent(new KeyboardEvent('keydown', { key: 'End' }));
    fixture.componentInstance.rows.set(['only']);
    await fixture.whenStable();

    expect(rowsShown()).toHaveLength(1);
    expect(rowsShown()[0]?.tabIndex).toBe(0);
  });
});
