import { Injectable, inject } from '@angular/core';
import { Router } from '@angular/router';
import type { PlainKey } from '../../i18n/en';
import { I18n } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import { Actions } from '../platform/shortcuts/actions';
import type { PaletteAction } from '../platform/shortcuts/actions';
import type { IconName } from '../ui/icons';

interface Way {
  readonly url: string;
  readonly label: PlainKey;
  readonly icon: IconName;
  readonly permission: string;
}

const WAYS: readonly Way[] = [
  { url: '/commands/new', label: 'commands.new', icon: 'play', permission: 'commands:run' },
  {
    url: '/commands?state=active',
    label: 'palette.running',
    icon: 'terminal',
    permission: 'commands:read',
  },
  {
    url: '/commands?state=failed',
    label: 'palette.failed',
    icon: 'circle-x',
    permission: 'commands:read',
  },
  { url: '/commands/runs', label: 'commands.runs', icon: 'list', permission: 'commands:read' },
  {
    url: '/playbook-runs',
    label: 'playbookRuns.title',
    icon: 'scroll',
    permission: 'playbooks:read',
  },
  {
    url: '/health?state=offline',
    label: 'palette.offline',
    icon: 'octagon-x',
    permission: 'board:read',
  },
  { url: '/wall', label: 'board.wall', icon: 'monitor', permission: 'board:read' },
];

/** Ways in the command palette to what is run and watched. */
@Injectable({ providedIn: 'root' })
export class WorkPalette {
  private readonly i18n = inject(I18n);
  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);

  constructor() {
    inject(Actions).register(() => this.ways());
  }

  private ways(): readonly PaletteAction[] {
    return WAYS.filter(({ permission }) => this.session.can(permission)).map(
      ({ url, label, icon }) => ({
        id: url,
        label: this.i18n.t(label),
        group: this.i18n.t('palette.work'),
        icon,
        keywords: url.replaceAll(/[^a-z]+/g, ' '),
        run: () => void this.router.navigateByUrl(url),
      }),
    );
  }
}
