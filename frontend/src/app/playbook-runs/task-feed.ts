import { inject } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { listPlaybookTasks } from '../platform/api/generated/fn/playbooks/list-playbook-tasks';
import type { PlaybookTaskResult } from '../platform/api/generated/models/playbook-task-result';
import type { LiveMessage } from '../platform/live/live-message';
import { liveResource } from '../platform/live/live-resource';
import type { LiveResource } from '../platform/live/live-resource';

/** A task that runs, or ran last. */
export interface CurrentTask {
  readonly task_id: string;
  readonly task: string;
  readonly role: string | null;
  readonly play: string;
  readonly action: string;
  readonly started_at: string;
}

/** A result. Live ones are cut: `isCut` tells that there is more to fetch. */
export type TaskResult = PlaybookTaskResult & { readonly isCut?: boolean };

/** What a playbook did on one server so far. */
export interface ServerTasks {
  readonly results: readonly TaskResult[];
  readonly current: CurrentTask | null;
  /** Results that are not kept. */
  readonly dropped: number;
}

/** One server of a run. */
export interface TaskPlace {
  readonly runId: string;
  readonly serverId: string;
}

/** The tasks of one server on screen, kept current. */
export interface TaskFeed {
  readonly resource: LiveResource<ServerTasks>;
  /** Fetches what is missing of a result that came cut. Rejects with a problem. */
  readonly complete: (seq: number) => Promise<void>;
}

/** Results the manager answers at once. */
const PAGE = 2000;

/** Length that the manager cuts the messages of live results to. */
const LIVE_MESSAGE_LENGTH = 500;

/** Follows what a playbook does on one server. In an injection context. */
export function followTasks(place: () => TaskPlace | null): TaskFeed {
  const api = inject(Api);
  /** What started last by the news: the manager stores it a little later than it tells it. */
  let heard: LiveMessage | null = null;
  const isHere = ({ data }: LiveMessage): boolean =>
    data.run_id === place()?.runId && data.server_id === place()?.serverId;
  const resource = liveResource<ServerTasks>({
    topics: () => {
      const current = place();
      return current === null ? [] : [`playbook_runs:${current.runId}`];
    },
    load: async (signal) => {
      const tasks = await loadTasks(api, place(), signal);
      return heard !== null && isHere(heard) ? withTaskMessage(tasks, heard) : tasks;
    },
    // It began or ended here: what was cut is complete then, and nothing runs any more.
    refetchOn: ({ type, data }) =>
      type === 'playbook_run_changed' && data.server_id === place()?.serverId,
    merge: (tasks, messages) => {
      const here = messages.filter(isHere);
      heard = here.findLast(({ type }) => type === 'playbook_task_started') ?? heard;
      return here.reduce(withTaskMessage, tasks);
    },
  });
  const complete = async (seq: number): Promise<void> => {
    const at = place();
    if (at === null) return;
    const request = { id: at.runId, server_id: at.serverId, after: seq - 1, limit: 1 };
    const [whole] = (await api.invoke(listPlaybookTasks, request)).tasks;
    const tasks = resource.value();
    if (tasks && whole?.seq === seq) resource.set(withWhole(tasks, whole));
  };
  return { resource, complete };
}

async function loadTasks(
  api: Api,
  place: TaskPlace | null,
  signal: AbortSignal,
): Promise<ServerTasks> {
  if (place === null) return { results: [], current: null, dropped: 0 };
  const results: TaskResult[] = [];
  for (let after = 0; ;) {
    const request = { id: place.runId, server_id: place.serverId, after, limit: PAGE };
    const {
      tasks,
      next_after: next,
      dropped,
      ...rest
    } = await api.invoke(listPlaybookTasks, request);
    results.push(...tasks);
    const current: CurrentTask | null = rest.current;
    if (tasks.length < PAGE || signal.aborted) return { results, current, dropped };
    after = next;
  }
}

/** The tasks after one message about this server. */
export function withTaskMessage(tasks: ServerTasks, { type, data }: LiveMessage): ServerTasks {
  if (type === 'playbook_task_started') {
    const current = data as unknown as CurrentTask;
    const isLater = (tasks.current?.started_at ?? '') <= current.started_at;
    return isLater ? { ...tasks, current } : tasks;
  }
  if (type !== 'playbook_task_result') return tasks;
  const told = data as unknown as LiveResult;
  const known = tasks.results.at(-1);
  const isNext = known === undefined || told.seq > known.seq;
  const same = isNext ? undefined : tasks.results.find(({ seq }) => seq === told.seq);
  if (same?.task_id === told.task_id) return tasks;
  // A number that is known for another task: the playbook was begun anew, from there on.
  const before = isNext ? tasks.results : tasks.results.filter(({ seq }) => seq < told.seq);
  return { ...tasks, results: [...before, resultOf(told)] };
}

/** The tasks with one result in full. */
export function withWhole(tasks: ServerTasks, whole: PlaybookTaskResult): ServerTasks {
  const results = tasks.results.map((result) => (result.seq === whole.seq ? whole : result));
  return { ...tasks, results };
}

/** A result as it is told live: the whole difference, and the end of a long message, are fetched. */
type LiveResult = Omit<PlaybookTaskResult, 'diff'> & { readonly has_diff: boolean };

function resultOf(told: LiveResult): TaskResult {
  const { seq, task_id, task, role, play, action, item, status, ignored, duration_ms } = told;
  const { message, at, has_diff: hasDiff } = told;
  const isCut = hasDiff || (message?.length ?? 0) >= LIVE_MESSAGE_LENGTH;
  const where = { seq, task_id, task, role, play, action, item };
  return { ...where, status, ignored, duration_ms, message, diff: null, at, isCut };
}
