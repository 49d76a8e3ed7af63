import { Injectable, inject } from '@angular/core';
import { Router } from '@angular/router';
import { I18n } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { Actions } from '../platform/shortcuts/actions';
import type { PaletteAction } from '../platform/shortcuts/actions';
import { KindCatalog } from '../deployment/kind-catalog';

/** Ways in the command palette to what is deployed, and to deploying each kind. */
@Injectable({ providedIn: 'root' })
export class DeploymentPalette {
  private readonly i18n = inject(I18n);
  private readonly kinds = inject(KindCatalog);
  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);

  constructor() {
    inject(Actions).register((query) => this.ways(query));
  }

  private async ways(query: string): Promise<readonly PaletteAction[]> {
    if (!this.session.can('deployments:read')) return [];
    // Their names are needed only by somebody who looks for something.
    if (query.trim() !== '') await this.kinds.load();
    const { t } = this.i18n;
    const to = (url: string) => (): void => void this.router.navigateByUrl(url);
    const group = t('palette.deploy');
    const drifted: PaletteAction = {
      id: 'deployments-drifted',
      label: t('palette.unwell'),
      group,
      icon: 'warning',
      run: to('/deployments?state=drifted'),
    };
    if (!this.session.can('deployments:write')) return [drifted];
    const kinds = query.trim() === '' ? [] : this.kinds.all();
    return [
      {
        id: 'deploy',
        label: t('deployments.new'),
        group,
        icon: 'plus',
        run: to('/deployments/new'),
      },
      ...kinds.map(({ name }): PaletteAction => ({
        id: `deploy-${name}`,
        label: t('palette.deployKind', { kind: this.kinds.title(name) }),
        group,
        icon: 'box',
        run: to(`/deployments/new?kind=${encodeURIComponent(name)}`),
      })),
      drifted,
    ];
  }
}
