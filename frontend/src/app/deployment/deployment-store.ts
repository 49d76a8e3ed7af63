import { Injectable, computed, inject, linkedSignal, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getDeployment } from '../platform/api/generated/fn/deployments/get-deployment';
import { liveResource } from '../platform/live/live-resource';
import { SessionStore } from '../platform/session/session-store';
import { followOperation } from '../operations/operation-feed';
import { KindCatalog } from './kind-catalog';

/** The deployment a page is about, kept current, and the operation that works on it. One for each page. */
@Injectable()
export class DeploymentStore {
  private readonly api = inject(Api);
  private readonly kinds = inject(KindCatalog);
  private readonly session = inject(SessionStore);
  private readonly current = signal('');

  readonly id = this.current.asReadonly();
  /** True once the manager has said that the deployment is gone. */
  readonly removed = signal(false);
  readonly resource = liveResource({
    topics: () => (this.current() === '' ? [] : [`deployments:${this.current()}`]),
    load: () => this.api.invoke(getDeployment, { id: this.current() }),
    refetchOn: ({ type }) => type === 'deployment_changed',
    merge: (details, messages) => {
      if (messages.some(({ type }) => type === 'deployment_removed')) this.removed.set(true);
      return details;
    },
  });
  readonly details = this.resource.value;
  readonly kindTitle = computed(() => this.kinds.title(this.details()?.kind ?? ''));
  readonly serverName = computed(() => this.details()?.server_name ?? '');
  /** Whether the role may change it. */
  readonly mayWrite = computed(() => this.session.can('deployments:write'));
  /** Whether it may be changed now: nothing works on it. */
  readonly isFree = computed(() => this.details()?.busy === false);

  private readonly lastOperation = computed(() => this.details()?.operation_id ?? null);
  /** The operation on screen: the last that worked on the deployment, or a check of it. */
  readonly operationId = linkedSignal(this.lastOperation);
  readonly operation = followOperation(this.operationId);

  show(id: string): void {
    this.removed.set(false);
    this.current.set(id);
    void this.kinds.load();
  }

  /** Takes over what was asked for just now. */
  async follow(operationId: string | null): Promise<void> {
    await this.resource.reload();
    if (operationId !== null) this.operationId.set(operationId);
  }
}
