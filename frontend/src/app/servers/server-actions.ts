import { Injectable, inject } from '@angular/core';
import { Router } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { Api } from '../platform/api/generated/api';
import { requestOperation } from '../platform/api/generated/fn/operations/request-operation';
import { removeServer } from '../platform/api/generated/fn/servers/remove-server';
import { updateServer } from '../platform/api/generated/fn/servers/update-server';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { I18n } from '../platform/i18n/i18n';
import { SessionStore } from '../platform/session/session-store';
import type { MenuAction } from '../ui/action-menu';
import { Dialogs } from '../ui/dialogs';
import { Toasts } from '../ui/toasts';
import { BulkDialog } from './bulk-dialog';
import type { BulkJob } from './bulk-dialog';
import { LabelsDialog } from './labels-dialog';
import type { LabelChanges } from './labels-dialog';
import { RemoveDialog } from './remove-dialog';
import type { RemovalChoice } from './remove-dialog';
import { FleetStore } from './fleet-store';
import { RunDialog } from './run-dialog';
import { hasLogin, namesWithoutLogin } from './server-login';

/** What can be done with one server or many, with the questions that are asked before. */
@Injectable({ providedIn: 'root' })
export class ServerActions {
  private readonly api = inject(Api);
  private readonly dialogs = inject(Dialogs);
  private readonly fleet = inject(FleetStore);
  private readonly i18n = inject(I18n);
  private readonly router = inject(Router);
  private readonly session = inject(SessionStore);
  private readonly toasts = inject(Toasts);

  /** The menu of one server: only what the role allows, and what can work. */
  menuOf(
    { id, connection }: Pick<BoardServer, 'id' | 'connection'>,
    choose: (what: 'labels' | 'repair' | 'remove') => void,
  ): readonly MenuAction[] {
    const { t } = this.i18n;
    const open = (path: readonly string[]): void =>
      void this.router.navigate(['/servers', id, ...path]);
    const mayWrite = this.session.can('servers:write');
    const chooser = (what: 'labels' | 'repair' | 'remove') => (): void => {
      choose(what);
    };
    return [
      {
        label: t('servers.open'),
        icon: 'server',
        run: () => {
          open([]);
        },
      },
      ...(this.session.can('commands:run')
        ? [
            {
              label: t('servers.runCommand'),
              icon: 'terminal',
              run: () => {
                open(['commands']);
              },
            } as const,
          ]
        : []),
      ...(this.session.can('operations:run') && hasLogin({ connection })
        ? [{ label: t('servers.repair'), icon: 'repair', run: chooser('repair') } as const]
        : []),
      ...(mayWrite && !hasLogin({ connection })
        ? [
            {
              label: t('servers.addLogin'),
              icon: 'key',
              run: () => {
                open(['settings']);
              },
            } as const,
          ]
        : []),
      ...(mayWrite
        ? ([
            { label: t('servers.editLabels'), icon: 'tag', run: chooser('labels') },
            {
              label: t('servers.settings'),
              icon: 'settings',
              run: () => {
                open(['settings']);
              },
            },
            {
              label: t('servers.remove'),
              icon: 'trash',
              danger: true,
              separated: true,
              run: chooser('remove'),
            },
          ] as const)
        : []),
    ];
  }

  /** Runs one command on all of them. */
  run(servers: readonly BoardServer[]): void {
    this.dialogs.open(RunDialog, { data: servers, width: '760px', keepOpen: true });
  }

  /**
   * Puts the agents right again, where there is a login for it. Resolves when every repair was asked for, or
   * nobody wanted it.
   */
  async repair(chosen: readonly BoardServer[]): Promise<void> {
    const { t } = this.i18n;
    const servers = chosen.filter(hasLogin);
    const [first] = servers;
    if (!first) {
      this.toasts.show(t('servers.noneWithLogin'), { tone: 'info' });
      return;
    }
    const leftOut = namesWithoutLogin(chosen, t);
    const sure = await this.dialogs.confirm({
      title:
        servers.length === 1
          ? t('servers.repairTitle', { name: first.name })
          : t('servers.repairMany', { n: servers.length }),
      body: [
        t('servers.repairBody'),
        ...(leftOut === '' ? [] : [t('servers.leftOut', { names: leftOut })]),
      ].join(' '),
      action: t('servers.repairAction'),
      harmless: true,
    });
    if (!sure) return;
    await this.forEach(servers, {
      title: t('servers.repairing'),
      done: t('servers.asked'),
      run: async ({ id }) => {
        const body = { type: 'repair_agent', params: {} };
        const operation = await this.api.invoke(requestOperation, { id, body });
        return ['/servers', id, 'operations', operation.id];
      },
    });
  }

  /** Asks for labels to set and to take away, and changes them. */
  async label(servers: readonly BoardServer[]): Promise<void> {
    const { t } = this.i18n;
    const ref = this.dialogs.open<LabelChanges, readonly BoardServer[], LabelsDialog>(
      LabelsDialog,
      {
        data: servers,
        keepOpen: true,
      },
    );
    const changes = await firstValueFrom(ref.closed);
    if (!changes) return;
    await this.forEach(servers, {
      title: t('servers.labelling'),
      done: t('servers.changed'),
      run: async ({ id, labels }) => {
        const kept = Object.entries(labels).filter(([key]) => !changes.removed.includes(key));
        const body = { labels: { ...Object.fromEntries(kept), ...changes.set } };
        await this.api.invoke(updateServer, { id, body });
        this.fleet.refresh(id);
        return null;
      },
    });
  }

  /** Asks what is to be removed and removes it. Answers whether anything was asked for. */
  async remove(servers: readonly BoardServer[]): Promise<boolean> {
    const { t } = this.i18n;
    const ref = this.dialogs.open<RemovalChoice, readonly BoardServer[], RemoveDialog>(
      RemoveDialog,
      {
        data: servers,
        width: '520px',
      },
    );
    const choice = await firstValueFrom(ref.closed);
    if (!choice) return false;
    await this.forEach(servers, {
      title: t('servers.removing'),
      done: t('servers.asked'),
      run: async ({ id, connection }) => {
        const { operation_id: operation } = await this.api.invoke(removeServer, {
          id,
          uninstall: choice.uninstall && hasLogin({ connection }) ? 'true' : 'false',
          force: choice.force ? 'true' : 'false',
        });
        if (operation === null) this.fleet.refresh(id);
        return operation === null ? null : ['/servers', id, 'operations', operation];
      },
    });
    return true;
  }

  private async forEach(
    servers: readonly BoardServer[],
    job: Omit<BulkJob, 'servers'>,
  ): Promise<void> {
    const ref = this.dialogs.open<boolean, BulkJob, BulkDialog>(BulkDialog, {
      data: { ...job, servers },
      width: '560px',
      keepOpen: true,
    });
    await firstValueFrom(ref.closed, { defaultValue: undefined });
  }
}
