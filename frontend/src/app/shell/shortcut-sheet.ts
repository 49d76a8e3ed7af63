import { Component, inject } from '@angular/core';
import { injectTranslate } from '../platform/i18n/i18n';
import { Shortcuts } from '../platform/shortcuts/shortcuts';
import { DialogFrame } from '../ui/dialog-frame';
import { Kbd } from '../ui/kbd';

/** The keys that work on this page. */
@Component({
  selector: 'app-shortcut-sheet',
  imports: [DialogFrame, Kbd],
  styles: `
    li {
      display: flex;
      justify-content: space-between;
      gap: 16px;
      padding: 7px 0;
      border-bottom: 1px solid var(--line);
    }
    li:last-child {
      border-bottom: 0;
    }
  `,
  template: `<ui-dialog-frame [heading]="t('shortcuts.title')">
    <ul>
      @for (shortcut of shortcuts; track shortcut.keys) {
        <li>
          <span>{{
            shortcut.keys.startsWith('g ')
              ? t('shortcuts.goTo', { page: t(shortcut.label) })
              : t(shortcut.label)
          }}</span>
          <ui-kbd [keys]="shortcut.keys" />
        </li>
      }
    </ul>
  </ui-dialog-frame>`,
})
export class ShortcutSheet {
  protected readonly shortcuts = inject(Shortcuts).all();
  protected readonly t = injectTranslate();
}
