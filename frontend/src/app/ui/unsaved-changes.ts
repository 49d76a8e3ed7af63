import { DestroyRef, inject } from '@angular/core';
import type { Signal } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import type { CanDeactivateFn } from '@angular/router';
import { I18n } from '../platform/i18n/i18n';
import { Dialogs } from './dialogs';

/** A page on which something may have been typed that is not saved. */
export interface MayHaveUnsaved {
  readonly hasUnsaved: Signal<boolean>;
}

/** Asks before a page is left with something unsaved. For `canDeactivate`. */
export const requireNoUnsaved: CanDeactivateFn<MayHaveUnsaved> = (page) => {
  if (!page.hasUnsaved()) return true;
  const { t } = inject(I18n);
  return inject(Dialogs).confirm({
    title: t('unsaved.title'),
    body: t('unsaved.body'),
    action: t('unsaved.leave'),
  });
};

/** Has the browser ask before the tab is closed or loaded anew with something unsaved. In an injection context. */
export function guardTab(hasUnsaved: Signal<boolean>): void {
  const view = inject(DOCUMENT).defaultView;
  const ask = (event: BeforeUnloadEvent): void => {
    if (hasUnsaved()) event.preventDefault();
  };
  view?.addEventListener('beforeunload', ask);
  inject(DestroyRef).onDestroy(() => view?.removeEventListener('beforeunload', ask));
}
