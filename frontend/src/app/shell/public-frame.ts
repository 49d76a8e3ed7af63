import { Component, input } from '@angular/core';
import { PreferenceMenus } from './preference-menus';

/** The frame of pages before signing in: one column with a heading, and language and theme on top. */
@Component({
  selector: 'app-public-frame',
  imports: [PreferenceMenus],
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      min-height: 100dvh;
    }
    header {
      display: flex;
      justify-content: flex-end;
      padding: 8px;
    }
    main {
      flex: 1;
      display: flex;
      flex-direction: column;
      justify-content: center;
      gap: 20px;
      width: min(400px, 100%);
      margin: 0 auto;
      padding: 16px 16px 12vh;
    }
    .words {
      display: flex;
      flex-direction: column;
      gap: 4px;
    }
    img {
      margin-bottom: 12px;
    }
  `,
  template: `<header><app-preference-menus /></header>
    <main>
      <div class="words">
        <img src="/favicon.svg" alt="MyX" width="36" height="36" />
        <h1>{{ heading() }}</h1>
        <p class="muted">{{ note() }}</p>
      </div>
      <ng-content />
    </main>`,
})
export class PublicFrame {
  readonly heading = input.required<string>();
  readonly note = input.required<string>();
}
