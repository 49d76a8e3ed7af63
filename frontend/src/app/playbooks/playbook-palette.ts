import { Injectable, inject } from '@angular/core';
import { Router } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listPlaybooks } from '../platform/api/generated/fn/playbooks/list-playbooks';
import type { PlaybookSummary } from '../platform/api/generated/models/playbook-summary';
import { I18n } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { Actions } from '../platform/shortcuts/actions';
import type { PaletteAction } from '../platform/shortcuts/actions';

/** How long the list that was fetched for one search serves the next ones. */
const FRESH_MS = 15_000;

/** Playbooks in the command palette: found by name, to be looked at or run, and the way to write one. */
@Injectable({ providedIn: 'root' })
export class PlaybookPalette {
  private readonly api = inject(Api);
  private readonly i18n = inject(I18n);
  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  private known: { readonly at: number; readonly items: readonly PlaybookSummary[] } | null = null;

  constructor() {
    inject(Actions).register(async (query) => [
      ...this.adding(),
      ...(query.trim() === '' ? [] : (await this.playbooks()).flatMap(this.waysTo)),
    ]);
  }

  private adding(): readonly PaletteAction[] {
    if (!this.session.can('playbooks:write')) return [];
    const { t } = this.i18n;
    return [
      {
        id: 'new-playbook',
        label: t('playbooks.new'),
        group: t('nav.playbooks'),
        icon: 'plus',
        keywords: 'ansible',
        run: () => void this.router.navigateByUrl('/playbooks/new'),
      },
    ];
  }

  private readonly waysTo = (playbook: PlaybookSummary): readonly PaletteAction[] => {
    const { t } = this.i18n;
    const { id, name, title } = playbook;
    const common = { group: t('nav.playbooks'), keywords: `${name} ansible` };
    const open = (path: readonly string[]) => (): void =>
      void this.router.navigate(['/playbooks', id, ...path]);
    const mayRun = this.session.can('playbooks:run') && playbook.usable_version !== null;
    return [
      { ...common, id: `playbook-${id}`, label: title, icon: 'scroll', run: open([]) },
      ...(mayRun
        ? ([
            {
              ...common,
              id: `run-playbook-${id}`,
              label: t('playbooks.runNamed', { name: title }),
              icon: 'play',
              run: open(['run']),
            },
          ] as const)
        : []),
    ];
  };

  private async playbooks(): Promise<readonly PlaybookSummary[]> {
    if (!this.session.can('playbooks:read')) return [];
    if (this.known && Date.now() - this.known.at < FRESH_MS) return this.known.items;
    try {
      const { items } = await this.api.invoke(listPlaybooks, {});
      this.known = { at: Date.now(), items };
    } catch {
      // The palette offers what it has; the page of playbooks tells why there are none.
    }
    return this.known?.items ?? [];
  }
}
