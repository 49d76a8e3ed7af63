import { Component, input } from '@angular/core';
import { CdkMenu, CdkMenuItem, CdkMenuTrigger } from '@angular/cdk/menu';
import { Button } from './button';
import type { ButtonLook } from './button';
import { Icon } from './icon';
import type { IconName } from './icons';

/** One line of an {@link ActionMenu}. */
export interface MenuAction {
  readonly label: string;
  readonly icon?: IconName;
  /** At the end, such as what is chosen now. */
  readonly checked?: boolean;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** A line above it. */
  readonly separated?: boolean;
  readonly run: () => void;
}

/**
 * A button that opens a menu of actions. The actions are data: a template with untyped context would let
 * a wrong call pass the build.
 */
@Component({
  selector: 'ui-action-menu',
  imports: [Button, CdkMenu, CdkMenuItem, CdkMenuTrigger, Icon],
  styles: `
    :host {
      display: inline-flex;
    }
    .grow {
      flex: 1;
    }
  `,
  template: `<button
      [uiButton]="look()"
      [size]="size()"
      [icon]="icon()"
      [square]="text() === undefined"
      [attr.aria-label]="label()"
      [cdkMenuTriggerFor]="menu"
    >
      {{ text() }}
      @if (text() !== undefined) {
        <svg uiIcon="chevron-down"></svg>
      }
    </button>
    <ng-template #menu>
      <div class="menu" cdkMenu [attr.aria-label]="label()">
        @for (action of actions(); track $index) {
          @if (action.separated) {
            <div class="menu-separator" role="separator"></div>
          }
          <button
            type="button"
            class="menu-item"
            [class.menu-item-danger]="action.danger"
            cdkMenuItem
            [cdkMenuItemDisabled]="action.disabled ?? false"
            (cdkMenuItemTriggered)="action.run()"
          >
            @if (action.icon; as name) {
              <svg [uiIcon]="name"></svg>
            }
            <span class="grow">{{ action.label }}</span>
            @if (action.checked) {
              <svg uiIcon="check"></svg>
            }
          </button>
        }
      </div>
    </ng-template>`,
})
export class ActionMenu {
  readonly actions = input.required<readonly MenuAction[]>();
  /** Accessible name, such as "More actions". */
  readonly label = input.required<string>();
  readonly icon = input<IconName>('more');
  readonly text = input<string>();
  readonly look = input<ButtonLook>('ghost');
  readonly size = input<'medium' | 'small'>('medium');
}
