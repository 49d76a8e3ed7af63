import { Injectable, inject } from '@angular/core';
import { Router } from '@angular/router';
import { I18n } from '../platform/i18n/i18n';
import { problemText } from '../platform/problem/problem-text';
import { SessionStore } from '../platform/session/session-store';
import { Toasts } from '../ui/toasts';

/** Signs out from wherever it is asked for. */
@Injectable({ providedIn: 'root' })
export class SigningOut {
  private readonly session = inject(SessionStore);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly t = inject(I18n).t;

  /** Goes to the sign-in page. Where the manager could not be told, says so and stays. */
  async signOut(): Promise<void> {
    try {
      await this.session.signOut();
      await this.router.navigateByUrl('/sign-in');
    } catch (error) {
      // The session is still good at the manager: staying is honest.
      this.toasts.show(problemText(error, this.t).detail, { tone: 'bad' });
    }
  }
}
