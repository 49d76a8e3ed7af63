import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Api } from '../platform/api/generated/api';
import { getBoard } from '../platform/api/generated/fn/health/get-board';
import type { Board } from '../platform/api/generated/models/board';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { boardServer } from '../../testing/board-server';
import { LiveConnection } from '../platform/live/live-connection';
import type { LiveFollower } from '../platform/live/live-buffer';
import { SessionStore } from '../platform/session/session-store';
import { FleetStore } from './fleet-store';

const server = (id: string, status: BoardServer['status']): BoardServer =>
  boardServer({ id, name: id, status });

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

/** A store whose board is on its way, and the connection that tells news. */
function setUp(): {
  fleet: FleetStore;
  tell: (type: string, data: Readonly<Record<string, unknown>>) => void;
  resync: () => void;
  /** Answers the question for the board that was asked first of those that are open. */
  answer: (servers: readonly BoardServer[]) => Promise<void>;
  /** Servers that were asked for one by one. */
  looked: string[];
} {
  let follower: LiveFollower | null = null;
  const boards: ((board: Board) => void)[] = [];
  const looked: string[] = [];
  const live: Pick<LiveConnection, 'follow'> = {
    follow: (_topic, given) => {
      follower = given;
      return { ready: Promise.resolve(), stop: () => undefined };
    },
  };
  const invoke = (what: unknown, { id }: { id?: string }): Promise<unknown> => {
    if (what === getBoard) return new Promise<Board>((resolve) => boards.push(resolve));
    looked.push(id ?? '');
    return Promise.reject(new Error('the board tells enough here'));
  };
  TestBed.configureTestingModule({
    providers: [
      { provide: LiveConnection, useValue: live },
      { provide: Api, useValue: { invoke } },
      { provide: SessionStore, useValue: { state: signal('signed_in') } },
    ],
  });
  const fleet = TestBed.inject(FleetStore);
  TestBed.tick();
  return {
    fleet,
    tell: (type, data) => {
      follower?.onMessages([{ topic: 'board', type, data }]);
    },
    resync: () => {
      follower?.onResync();
    },
    looked,
    answer: async (servers) => {
      boards.shift()?.({
        at: '2026-11-21T10:00:01Z',
        counts: {},
        manager_network: { lost_since: null },
        managers: [],
        servers: servers.map((each) => ({ ...each, uptime_percent: 100, uptime_spans: 'u' })),
      });
      await settled();
    },
  };
}

describe('FleetStore', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('keeps a status that was told while an older board was on its way', async () => {
    const { fleet, tell, answer } = setUp();
    await settled();

    tell('board_changed', { servers: [server('a', 'offline')] });
    await answer([server('a', 'online'), server('b', 'online')]);

    expect(fleet.all().map(({ id, status }) => [id, status])).toEqual([
      ['a', 'offline'],
      ['b', 'online'],
    ]);
  });

  it('does not bring back a server that was removed while an older board was on its way', async () => {
    const { fleet, tell, answer } = setUp();
    await settled();

    tell('server_removed', { id: 'a' });
    await answer([server('a', 'online'), server('b', 'online')]);

    expect(fleet.ids()).toEqual(['b']);
  });

  it('asks again after a cut, also while an older board is on its way', async () => {
    const { fleet, resync, answer } = setUp();
    await settled();

    resync();
    resync();
    await answer([server('a', 'online')]);
    expect(fleet.server('a')?.().status).toBe('online');
    await answer([server('a', 'offline')]);

    expect(fleet.server('a')?.().status).toBe('offline');
  });

  it('looks again at what changed while an older board was on its way', async () => {
    const { tell, answer, looked } = setUp();
    await settled();

    tell('server_changed', { ...server('a', 'online') });
    jest.runAllTimers();
    await settled();
    expect(looked).toEqual(['a']);
    await answer([server('b', 'online')]);
    jest.runAllTimers();

    expect(looked).toEqual(['a', 'a']);
  });
});
