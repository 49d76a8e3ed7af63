import { Component, booleanAttribute, input } from '@angular/core';
import { CopyButton } from './copy-button';
import { injectTranslate } from '../platform/i18n/i18n';

/** Text to be run or read as it is, with a copy button. */
@Component({
  selector: 'ui-code-block',
  imports: [CopyButton],
  styles: `
    :host {
      display: flex;
      align-items: flex-start;
      gap: 4px;
      border: 1px solid var(--line);
      border-radius: var(--radius-m);
      background: var(--sunken);
    }
    pre {
      flex: 1;
      min-width: 0;
      padding: 10px 12px;
      overflow-x: auto;
      line-height: 18px;
      white-space: pre;
    }
    pre.wrap {
      white-space: pre-wrap;
      overflow-wrap: anywhere;
    }
    ui-copy-button {
      margin: 4px;
    }
  `,
  template: `<pre [class.wrap]="wrap()" tabindex="0" role="region" [attr.aria-label]="label()">{{
      code()
    }}</pre>
    <ui-copy-button [value]="code()" [label]="t('ui.copy')" />`,
})
export class CodeBlock {
  readonly code = input.required<string>();
  readonly label = input.required<string>();
  readonly wrap = input(false, { transform: booleanAttribute });
  protected readonly t = injectTranslate();
}
