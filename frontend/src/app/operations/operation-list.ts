import { inject } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { listOperations } from '../platform/api/generated/fn/operations/list-operations';
import type { ListOperations$Params } from '../platform/api/generated/fn/operations/list-operations';
import type { OperationSummary } from '../platform/api/generated/models/operation-summary';
import { liveList } from '../platform/live/live-list';
import type { LiveList } from '../platform/live/live-list';
import type { LiveMessage } from '../platform/live/live-message';
import { hasEnded } from './operation-feed';

/** What of the operations is asked for. */
export type OperationsQuery = Omit<ListOperations$Params, 'cursor'>;

/** Operations, newest first, live. In an injection context. */
export function followOperations(query: () => OperationsQuery): LiveList<OperationSummary> {
  const api = inject(Api);
  return liveList<OperationSummary, OperationsQuery>({
    query,
    page: (asked, cursor) =>
      api.invoke(listOperations, { ...asked, ...(cursor === undefined ? {} : { cursor }) }),
    idOf: ({ id }) => id,
    topic: 'operations',
    change: withNews,
    accepts: ({ state }, asked) => asked.state === undefined || asked.state === state,
  });
}

/** An operation after one message. Messages tell no times: an end is dated when it is heard. */
export function withNews(
  operation: OperationSummary,
  { type, data }: LiveMessage,
): OperationSummary {
  if (type !== 'operation_changed') return operation;
  const { state, direction, error, leftovers } = data as unknown as OperationSummary;
  const now = new Date().toISOString();
  return {
    ...operation,
    ...{ state, direction, error, leftovers },
    started_at: operation.started_at ?? (state === 'pending' ? null : now),
    finished_at: hasEnded({ state }) ? (operation.finished_at ?? now) : null,
  };
}
