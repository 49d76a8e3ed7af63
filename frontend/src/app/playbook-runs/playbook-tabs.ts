import { Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectTranslate } from '../platform/i18n/i18n';

/** The playbooks there are, and what was run of them. */
@Component({
  selector: 'app-playbook-tabs',
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
  template: `<nav [attr.aria-label]="t('playbookRuns.tabs')">
    @for (tab of tabs(); track tab.link) {
      <a [routerLink]="tab.link" [attr.aria-current]="tab.isHere ? 'page' : null">{{
        tab.label
      }}</a>
    }
  </nav>`,
})
export class PlaybookTabs {
  /** The runs are shown. */
  readonly runs = input(false);
  protected readonly t = injectTranslate();
  protected readonly tabs = computed(() => [
    { link: '/playbooks', label: this.t('playbookRuns.playbooks'), isHere: !this.runs() },
    { link: '/playbook-runs', label: this.t('playbookRuns.runs'), isHere: this.runs() },
  ]);
}
