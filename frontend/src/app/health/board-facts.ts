import { DestroyRef, inject } from '@angular/core';
import { DOCUMENT } from '@angular/common';
import { Api } from '../platform/api/generated/api';
import { getBoard } from '../platform/api/generated/fn/health/get-board';
import type { Board } from '../platform/api/generated/models/board';
import type { LiveMessage } from '../platform/live/live-message';
import { liveResource } from '../platform/live/live-resource';
import type { LiveResource } from '../platform/live/live-resource';
import type { ServerStatus } from '../ui/status';
import type { UptimeState } from '../ui/uptime-bar';

/** Uptime of one server over the last day. */
export interface ServerUptime {
  /** 0 to 1; null when it was neither up nor down. */
  readonly share: number | null;
  readonly spans: readonly UptimeState[];
}

/** What the board tells beside the state of each server. */
export interface BoardFacts {
  /** ISO time since which the manager reaches no server; null when it has its network. */
  readonly lostSince: string | null;
  readonly managers: Board['managers'];
  readonly uptimes: ReadonlyMap<string, ServerUptime>;
}

/** Uptimes change slowly: they are fetched again after this time while the tab is seen, in milliseconds. */
const REFRESH_MS = 5 * 60_000;

const STATES: Readonly<Record<string, UptimeState>> = { u: 'up', g: 'degraded', d: 'down' };

/** Follows the manager's network, the managers at work and the uptimes. In an injection context. */
export function followBoardFacts(): LiveResource<BoardFacts> {
  const api = inject(Api);
  const document = inject(DOCUMENT);
  const resource = liveResource<BoardFacts>({
    topics: () => ['board'],
    load: async () => factsOf(await api.invoke(getBoard, { uptime: '24h' })),
    merge: (facts, messages) => messages.reduce(withMessage, facts),
    keyOf: ({ type }) => type,
  });
  const timer = setInterval(() => {
    if (!document.hidden) void resource.reload();
  }, REFRESH_MS);
  inject(DestroyRef).onDestroy(() => {
    clearInterval(timer);
  });
  return resource;
}

/** The facts in an answer. */
export function factsOf({ manager_network: network, managers, servers }: Board): BoardFacts {
  const uptimes = servers.map(
    ({ id, uptime_percent: percent = null, uptime_spans: letters = '' }) =>
      [id, { share: percent === null ? null : percent / 100, spans: spansOf(letters) }] as const,
  );
  return { lostSince: network.lost_since, managers, uptimes: new Map(uptimes) };
}

/** The facts after one message. */
export function withMessage(facts: BoardFacts, { type, data }: LiveMessage): BoardFacts {
  if (type !== 'manager_network_changed') return facts;
  const { lost_since: since } = data;
  return { ...facts, lostSince: typeof since === 'string' ? since : null };
}

/** The spans with what is true now in the last one: an outage shows before the next fetch. */
export function spansNow(
  spans: readonly UptimeState[],
  status: ServerStatus,
): readonly UptimeState[] {
  const now = status === 'offline' || status === 'certificate_changed' ? 'down' : null;
  const worst = now ?? (status === 'degraded' ? 'degraded' : null);
  const last = spans.at(-1);
  if (worst === null || last === undefined || last === 'down') return spans;
  return spans.with(-1, worst);
}

function spansOf(letters: string): readonly UptimeState[] {
  return Array.from(letters, (letter) => STATES[letter] ?? 'unknown');
}
