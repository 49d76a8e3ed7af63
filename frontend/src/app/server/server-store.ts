import { Injectable, computed, inject, signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getServer } from '../platform/api/generated/fn/servers/get-server';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { liveResource } from '../platform/live/live-resource';
import { FleetStore } from '../servers/fleet-store';
import { fromDetails } from '../servers/fleet-messages';

/** The server a page is about: its details, and what the board says of it live. One for each page. */
@Injectable()
export class ServerStore {
  private readonly api = inject(Api);
  private readonly fleet = inject(FleetStore);
  private readonly current = signal('');

  readonly id = this.current.asReadonly();
  /** True once the manager has said that the server was removed while it was on screen. */
  readonly removed = signal(false);
  readonly resource = liveResource({
    topics: () => (this.current() === '' ? [] : ['servers']),
    load: () => this.api.invoke(getServer, { id: this.current() }),
    refetchOn: ({ type, data }) => type === 'server_changed' && data.id === this.current(),
    merge: (details, messages) => {
      const isGone = messages.some(
        ({ type, data }) => type === 'server_removed' && data.id === this.current(),
      );
      if (isGone) this.removed.set(true);
      return details;
    },
    keyOf: ({ data }) => String(data.id),
  });
  readonly details = this.resource.value;
  /** Status, figures and last heartbeat as they are now. */
  readonly live = computed<BoardServer | null>(() => {
    this.fleet.revision();
    const details = this.details();
    return (
      this.fleet.server(this.current())?.() ?? (details ? fromDetails(details, undefined) : null)
    );
  });
  readonly name = computed(() => this.live()?.name ?? '');

  show(id: string): void {
    this.removed.set(false);
    this.current.set(id);
  }

  /** Asks again after something was changed here. */
  async reload(): Promise<void> {
    this.fleet.refresh(this.current());
    await this.resource.reload();
  }
}
