import { Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';

/** Single commands, and the same on many servers. */
@Component({
  selector: 'app-command-tabs',
  imports: [RouterLink],
  styles: `
    nav {
      display: flex;
      gap: 4px;
      border-bottom: 1px solid var(--line);
    }
    a {
      display: inline-flex;
      align-items: center;
      height: 36px;
      padding: 0 10px;
      border-bottom: 2px solid transparent;
      font-weight: 500;
      color: var(--muted);
    }
    a:hover {
      color: var(--text);
    }
    a:focus-visible {
      outline-offset: -2px;
      border-radius: 6px;
    }
    a[aria-current] {
      border-color: var(--accent);
      color: var(--text);
    }
  `,
  template: `<nav [attr.aria-label]="t('commands.tabs')">
    @for (tab of tabs(); track tab.link) {
      <a [routerLink]="tab.link" [attr.aria-current]="tab.isHere ? 'page' : null">{{
        tab.label
      }}</a>
    }
  </nav>`,
})
export class CommandTabs {
  readonly runs = input(false);
  protected readonly t = injectTranslate();
  protected readonly tabs = computed(() => [
    { link: '/commands', label: this.t('commands.single'), isHere: !this.runs() },
    { link: '/commands/runs', label: this.t('commands.runs'), isHere: this.runs() },
  ]);
}
