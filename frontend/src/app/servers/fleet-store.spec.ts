import { describe, expect, it } from '@jest/globals';
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
  answer: (servers: readonly BoardServer[]) => Promise<void>;
} {
  let follower: LiveFollower | null = null;
  const board = Promise.withResolvers<Board>();
  const live: Pick<LiveConnection, 'follow'> = {
    follow: (_topic, given) => {
      follower = given;
      return { ready: Promise.resolve(), stop: () => undefined };
    },
  };
  const invoke = (what: unknown): Promise<unknown> =>
    what === getBoard ? board.promise : Promise.reject(new Error('nothing else is asked for'));
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
    answer: async (servers) => {
      board.resolve({
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
});
