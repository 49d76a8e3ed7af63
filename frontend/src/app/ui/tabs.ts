import type { ElementRef } from '@angular/core';
import { Component, computed, input, model, viewChildren } from '@angular/core';
import type { IsActiveMatchOptions } from '@angular/router';
import { RouterLink, RouterLinkActive } from '@angular/router';

/** One tab. */
export interface TabItem<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  readonly count?: number;
}

const TAB_STYLES = `
  :host {
    display: block;
    border-bottom: 1px solid var(--line);
    overflow-x: auto;
    scrollbar-width: none;
  }
  .list {
    display: flex;
    gap: 4px;
  }
  .tab {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    height: 36px;
    padding: 0 10px;
    border-bottom: 2px solid transparent;
    font-weight: 500;
    color: var(--muted);
    white-space: nowrap;
  }
  .tab:hover {
    color: var(--text);
  }
  .tab:focus-visible {
    outline-offset: -2px;
    border-radius: 6px;
  }
  .tab.on {
    border-color: var(--accent);
    color: var(--text);
  }
`;

/**
 * Tabs inside a page (WAI-ARIA tabs: arrows move, Home and End jump). The panel is the caller's: give it
 * `role="tabpanel"`, the id `{id}-panel` and `[attr.aria-labelledby]="id + '-' + value"`.
 */
@Component({
  selector: 'ui-tabs',
  styles: TAB_STYLES,
  template: `<div class="list" role="tablist" [attr.aria-label]="label()">
    @for (tab of tabs(); track tab.value; let index = $index) {
      <button
        #tabButton
        type="button"
        class="tab"
        role="tab"
        [class.on]="tab.value === value()"
        [id]="id() + '-' + tab.value"
        [attr.aria-selected]="tab.value === value()"
        [attr.aria-controls]="tab.value === value() ? id() + '-panel' : null"
        [attr.tabindex]="tab.value === value() ? 0 : -1"
        (click)="value.set(tab.value)"
        (keydown)="move($event, index)"
      >
        {{ tab.label }}
        @if (tab.count !== undefined) {
          <span class="number subtle">{{ tab.count }}</span>
        }
      </button>
    }
  </div>`,
})
export class Tabs<Value extends string> {
  readonly id = input.required<string>();
  readonly label = input.required<string>();
  readonly tabs = input.required<readonly TabItem<Value>[]>();
  readonly value = model.required<Value>();
  private readonly buttons = viewChildren<ElementRef<HTMLButtonElement>>('tabButton');

  protected move(event: KeyboardEvent, index: number): void {
    const last = this.tabs().length - 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowRight: index === last ? 0 : index + 1,
      ArrowLeft: index === 0 ? last : index - 1,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    const tab = target === undefined ? undefined : this.tabs()[target];
    if (target === undefined || tab === undefined) return;
    event.preventDefault();
    this.value.set(tab.value);
    this.buttons()[target]?.nativeElement.focus();
  }
}

/** Tabs that are pages of their own: links, kept in the address. */
@Component({
  selector: 'ui-tab-links',
  imports: [RouterLink, RouterLinkActive],
  styles: TAB_STYLES,
  template: `<nav class="list" [attr.aria-label]="label()">
    @for (tab of tabs(); track tab.value) {
      <a
        class="tab"
        [routerLink]="tab.value"
        routerLinkActive="on"
        ariaCurrentWhenActive="page"
        [routerLinkActiveOptions]="match()"
      >
        {{ tab.label }}
        @if (tab.count !== undefined) {
          <span class="number subtle">{{ tab.count }}</span>
        }
      </a>
    }
  </nav>`,
})
export class TabLinks {
  readonly label = input.required<string>();
  /** Values are router links. */
  readonly tabs = input.required<readonly TabItem[]>();
  /** For links of which one begins another: a page below a tab's is not that tab's. */
  readonly exact = input(false);
  protected readonly match = computed<IsActiveMatchOptions>(() => ({
    paths: this.exact() ? 'exact' : 'subset',
    queryParams: 'ignored',
    matrixParams: 'ignored',
    fragment: 'ignored',
  }));
}
