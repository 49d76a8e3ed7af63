import { Component, Directive, TemplateRef, contentChild, inject, input } from '@angular/core';
import { NgTemplateOutlet } from '@angular/common';
import { injectTranslate } from '../platform/i18n/i18n';
import type { LiveList } from '../platform/live/live-list';
import { Button } from './button';
import { Card } from './card';
import { ErrorState } from './error-state';
import { Skeleton } from './skeleton';

/** What stands where a list has no items: `<ng-template uiListEmpty>`. */
@Directive({ selector: 'ng-template[uiListEmpty]' })
export class ListEmpty {
  readonly template = inject<TemplateRef<unknown>>(TemplateRef);
}

/** The items of a list that has some: `<ng-template uiListItems [uiListItemsOf]="list" let-items>`. */
@Directive({ selector: 'ng-template[uiListItems]' })
export class ListItems<Item> {
  /** The list, for the type of its items. */
  readonly uiListItemsOf = input<LiveList<Item>>();
  readonly template = inject<TemplateRef<{ $implicit: readonly Item[] }>>(TemplateRef);

  static ngTemplateContextGuard<Item>(
    _directive: ListItems<Item>,
    _context: unknown,
  ): _context is { $implicit: readonly Item[] } {
    return true;
  }
}

/**
 * A list in each of its states: a skeleton until the first answer, a failure with its retry (beside what
 * is known already), nothing, or the items with a button for older ones.
 */
@Component({
  selector: 'ui-live-list',
  imports: [Button, Card, ErrorState, NgTemplateOutlet, Skeleton],
  styles: `
    :host {
      display: contents;
    }
  `,
  template: `@if (list().problem(); as problem) {
      <ui-error-state [error]="problem" (retry)="list().reload()" />
    }
    @if (list().items(); as items) {
      @if (items.length === 0) {
        <ui-card><ng-container [ngTemplateOutlet]="empty().template" /></ui-card>
      } @else {
        <ng-container
          [ngTemplateOutlet]="itemsView().template"
          [ngTemplateOutletContext]="{ $implicit: items }"
        />
        @if (list().hasMore()) {
          <div>
            <button uiButton [busy]="list().isLoadingMore()" (click)="list().more()">
              {{ t('operations.older') }}
            </button>
          </div>
        }
      }
    } @else if (!list().problem()) {
      <ui-skeleton [lines]="8" [height]="24" />
    }`,
})
export class LiveListView<Item> {
  readonly list = input.required<LiveList<Item>>();
  protected readonly t = injectTranslate();
  protected readonly empty = contentChild.required(ListEmpty);
  protected readonly itemsView = contentChild.required<ListItems<Item>>(ListItems);
}
