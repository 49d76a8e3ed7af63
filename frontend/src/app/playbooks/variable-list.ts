import { Component, input } from '@angular/core';
import type { PlaybookVariable } from '../platform/api/generated/models/playbook-variable';
import { injectTranslate } from '../platform/i18n/i18n';
import { Icon } from '../ui/icon';
import { shownDefault } from './variable-draft';
import type { VariableType } from './variable-draft';

/** The variables that a version takes. */
@Component({
  selector: 'app-variable-list',
  imports: [Icon],
  styles: `
    li {
      padding: 10px 16px;
    }
    li:not(:first-child) {
      border-top: 1px solid var(--line);
    }
    .head {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0 8px;
    }
    strong {
      font-family: var(--font-mono);
      font-size: 12px;
      overflow-wrap: anywhere;
    }
    .secret {
      display: inline-flex;
      align-items: center;
      gap: 4px;
    }
    .secret svg {
      width: 12px;
      height: 12px;
    }
    p {
      overflow-wrap: anywhere;
    }
  `,
  template: `<ul>
    @for (variable of variables(); track variable.name) {
      <li>
        <div class="head">
          <strong>{{ variable.name }}</strong>
          <span class="small subtle">{{ t(typeKey(variable)) }}</span>
          @if (variable.required) {
            <span class="small">{{ t('variables.required') }}</span>
          }
          @if (variable.secret) {
            <span class="small secret"><svg uiIcon="lock"></svg>{{ t('variables.secret') }}</span>
          }
        </div>
        @if (variable.description !== '') {
          <p class="muted">{{ variable.description }}</p>
        }
        @if (defaultOf(variable); as text) {
          <p class="small muted">
            {{ t('variables.default') }}: <code>{{ text }}</code>
          </p>
        } @else if (variable.secret && variable.has_default) {
          <p class="small muted">{{ t('variables.hasSecret') }}</p>
        }
      </li>
    }
  </ul>`,
})
export class VariableList {
  readonly variables = input.required<readonly PlaybookVariable[]>();
  protected readonly t = injectTranslate();
  protected readonly defaultOf = shownDefault;

  protected typeKey({ type }: PlaybookVariable): `variables.type.${VariableType}` {
    return `variables.type.${type}`;
  }
}
