import { Injectable, inject } from '@angular/core';
import { Router } from '@angular/router';
import { I18n } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { Actions } from '../platform/shortcuts/actions';
import type { PaletteAction } from '../platform/shortcuts/actions';
import { matchScore } from '../platform/shortcuts/rank';
import { FleetStore } from './fleet-store';

/** Most servers offered for what was typed. */
const MOST = 12;

/** Servers in the command palette: found by name, address and label, and the ways to add one. */
@Injectable({ providedIn: 'root' })
export class ServerPalette {
  private readonly fleet = inject(FleetStore);
  private readonly i18n = inject(I18n);
  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);

  constructor() {
    inject(Actions).register((query) => [...this.adding(), ...this.servers(query)]);
  }

  private adding(): readonly PaletteAction[] {
    if (!this.session.can('servers:write')) return [];
    const { t } = this.i18n;
    const group = t('palette.servers');
    return [
      {
        id: 'add-server',
        label: t('servers.add'),
        group,
        icon: 'plus',
        run: () => void this.router.navigateByUrl('/servers/add'),
      },
      {
        id: 'add-servers',
        label: t('servers.addMany'),
        group,
        icon: 'list',
        run: () => void this.router.navigateByUrl('/servers/add-many'),
      },
    ];
  }

  private servers(query: string): readonly PaletteAction[] {
    if (query.trim() === '') return [];
    const { t } = this.i18n;
    return this.fleet
      .all()
      .map((server) => {
        const labels = Object.entries(server.labels).map(([key, value]) => `${key}=${value}`);
        const words = [server.host, ...labels].join(' ');
        const score = Math.max(
          matchScore(`${server.name}: ${t('servers.runCommand')}`, query),
          matchScore(words, query) * 0.8,
        );
        return { server, words, score };
      })
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score)
      .slice(0, MOST)
      .flatMap(({ server, words }): PaletteAction[] => {
        const open = (path: readonly string[]) => (): void =>
          void this.router.navigate(['/servers', server.id, ...path]);
        const common = { group: t('palette.servers'), keywords: words } as const;
        return [
          {
            ...common,
            id: server.id,
            label: server.name,
            icon: 'server',
            hint: server.host,
            run: open([]),
          },
          ...(this.session.can('commands:run')
            ? ([
                {
                  ...common,
                  id: `run-${server.id}`,
                  label: `${server.name}: ${t('servers.runCommand')}`,
                  icon: 'terminal',
                  run: open(['commands']),
                },
              ] as const)
            : []),
        ];
      });
  }
}
