import { APP_BASE_HREF } from '@angular/common';
import { provideHttpClient, withInterceptors } from '@angular/common/http';
import {
  inject,
  provideAppInitializer,
  provideBrowserGlobalErrorListeners,
  provideZonelessChangeDetection,
} from '@angular/core';
import type { ApplicationConfig } from '@angular/core';
import {
  RedirectCommand,
  Router,
  TitleStrategy,
  provideRouter,
  withComponentInputBinding,
  withInMemoryScrolling,
  withNavigationErrorHandler,
} from '@angular/router';
import { ROUTES } from './app.routes';
import { I18n } from './platform/i18n/i18n';
import { PageTitle } from './platform/page/page-title';
import { problemInterceptor } from './platform/problem/problem.interceptor';
import { sessionInterceptor } from './platform/session/session.interceptor';
import { SessionStore } from './platform/session/session-store';
import { Theme } from './platform/theme/theme';

/** Everything the console is made of. */
export const appConfig: ApplicationConfig = {
  providers: [
    provideZonelessChangeDetection(),
    provideBrowserGlobalErrorListeners(),
    // The policy of the manager forbids a <base> element, so the base is told here.
    { provide: APP_BASE_HREF, useValue: '/' },
    { provide: TitleStrategy, useExisting: PageTitle },
    provideHttpClient(withInterceptors([sessionInterceptor, problemInterceptor])),
    provideRouter(
      ROUTES,
      withComponentInputBinding(),
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled' }),
      withNavigationErrorHandler(() => {
        const router = inject(Router);
        return new RedirectCommand(router.createUrlTree(['/failed']), { skipLocationChange: true });
      }),
    ),
    provideAppInitializer(async () => {
      inject(Theme);
      const [i18n, session] = [inject(I18n), inject(SessionStore)];
      await Promise.all([i18n.start(), session.load()]);
    }),
  ],
};
