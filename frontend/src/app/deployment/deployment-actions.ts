import { Injectable, inject, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { Api } from '../platform/api/generated/api';
import { applyDeployment } from '../platform/api/generated/fn/deployments/apply-deployment';
import { checkDeployment } from '../platform/api/generated/fn/deployments/check-deployment';
import { listDeploymentHistory } from '../platform/api/generated/fn/deployments/list-deployment-history';
import { rollBackDeployment } from '../platform/api/generated/fn/deployments/roll-back-deployment';
import { uninstallDeployment } from '../platform/api/generated/fn/deployments/uninstall-deployment';
import { injectTranslate } from '../platform/i18n/i18n';
import { injectGoOn } from '../platform/page/go-on';
import { problemText } from '../platform/problem/problem-text';
import { Dialogs } from '../ui/dialogs';
import { Toasts } from '../ui/toasts';
import { DeploymentStore } from './deployment-store';
import { RollbackDialog } from './rollback-dialog';
import type { RollbackQuestion } from './rollback-dialog';
import { UninstallDialog } from './uninstall-dialog';
import type { UninstallChoice, UninstallQuestion } from './uninstall-dialog';
import { versionToGoBackTo } from './versions';

/** What is being asked of the manager. */
export type DeploymentAction = 'apply' | 'check' | 'rollback' | 'uninstall';

/** What can be done with the deployment of a page, with the questions that are asked before. */
@Injectable()
export class DeploymentActions {
  private readonly api = inject(Api);
  private readonly dialogs = inject(Dialogs);
  private readonly goOn = injectGoOn();
  private readonly store = inject(DeploymentStore);
  private readonly toasts = inject(Toasts);
  private readonly t = injectTranslate();

  readonly busy = signal<DeploymentAction | null>(null);

  /** Applies what is wanted. */
  apply(): Promise<boolean> {
    return this.ask('apply', async (id) => {
      return (await this.api.invoke(applyDeployment, { id })).operation_id;
    });
  }

  /** Compares the server with what was deployed. */
  check(): Promise<boolean> {
    return this.ask('check', async (id) => {
      return (await this.api.invoke(checkDeployment, { id })).operation_id;
    });
  }

  /** Goes back to `version`, or to the one that is known to be good; shows first what that changes. */
  async rollBack(version?: number): Promise<void> {
    const details = this.store.details();
    if (!details) return;
    const wanted = version ?? (await this.lastGood());
    if (wanted === null) return;
    const ref = this.dialogs.open<boolean, RollbackQuestion, RollbackDialog>(RollbackDialog, {
      data: { deployment: details, kindTitle: this.store.kindTitle(), version: wanted },
      width: '720px',
    });
    if ((await firstValueFrom(ref.closed, { defaultValue: undefined })) !== true) return;
    await this.ask('rollback', async (id) => {
      const body = { version: wanted };
      return (await this.api.invoke(rollBackDeployment, { id, body })).operation_id;
    });
  }

  /** Takes the service away. */
  async uninstall(): Promise<void> {
    const details = this.store.details();
    if (!details) return;
    const ref = this.dialogs.open<UninstallChoice, UninstallQuestion, UninstallDialog>(
      UninstallDialog,
      { data: { deployment: details, kindTitle: this.store.kindTitle() } },
    );
    const choice = await firstValueFrom(ref.closed, { defaultValue: undefined });
    if (!choice) return;
    await this.ask('uninstall', async (id) => {
      return (await this.api.invoke(uninstallDeployment, { id, body: choice })).operation_id;
    });
  }

  /** Asks the manager, and shows the operation that it answers. False: it refused. */
  private async ask(
    what: DeploymentAction,
    send: (id: string) => Promise<string | null>,
  ): Promise<boolean> {
    if (this.busy() !== null) return false;
    this.busy.set(what);
    const id = this.store.id();
    try {
      const operation = await send(id);
      if (operation === null) this.store.removed.set(true);
      else await this.store.follow(operation);
      await this.goOn(['/deployments', id, 'overview']);
      return true;
    } catch (error) {
      const { title, detail } = problemText(error, this.t);
      this.toasts.show(`${title}. ${detail}`, { tone: 'bad' });
      await this.store.follow(null);
      return false;
    } finally {
      this.busy.set(null);
    }
  }

  private async lastGood(): Promise<number | null> {
    const details = this.store.details();
    if (!details) return null;
    try {
      const { items } = await this.api.invoke(listDeploymentHistory, {
        id: details.id,
        limit: 100,
      });
      const version = versionToGoBackTo(details, items);
      if (version === null) {
        this.toasts.show(this.t('deployment.nothingToGoBackTo'), { tone: 'info' });
      }
      return version;
    } catch (error) {
      this.toasts.show(problemText(error, this.t).detail, { tone: 'bad' });
      return null;
    }
  }
}
