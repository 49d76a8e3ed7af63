import type {
  CurrentTask,
  PlaybookRun,
  Recap,
  RunServer,
  RunState,
  TaskResult,
} from './playbook.js';
import type { RunCount } from './playbook-runs.repository.js';
import type { PlaybookRunDetails, PlaybookRunPage, PlaybookTasks } from './playbook-runs.schema.js';
import type { TaskProgress } from './playbook-tasks.repository.js';

type Counts = readonly Omit<RunCount, 'runId'>[];

/** A run as lists show it. */
export function runSummaryOf(run: PlaybookRun, counts: Counts): PlaybookRunPage['items'][number] {
  const { check, diff, tags, skip_tags, limit_parallel, stop_on_failure, timeout_seconds } =
    run.options;
  const { server_ids: serverIds, labels } = run.selector;
  const state = overallState(counts);
  const finished = state !== 'pending' && state !== 'running';
  return {
    id: run.id,
    playbook: { ...run.playbook, id: idOf(run) },
    check,
    diff,
    tags: [...tags],
    skip_tags: [...skip_tags],
    limit_parallel,
    stop_on_failure,
    timeout_seconds,
    extra_vars: run.extraVars,
    secret_vars: [...run.secretNames],
    selector: {
      ...(serverIds && { server_ids: [...serverIds] }),
      ...(labels && { labels }),
    },
    batch_id: run.batchId,
    retry_of: run.retryOf,
    actor: run.author,
    created_at: run.createdAt.toISOString(),
    started_at: earliest(counts.map(({ startedAt }) => startedAt)),
    finished_at: finished ? latest(counts.map(({ finishedAt }) => finishedAt)) : null,
    finished,
    state,
    servers_total: counts.reduce((sum, { servers }) => sum + servers, 0),
    by_state: byState(counts),
  };
}

/** A run as it is shown by itself. */
export function runDetailsOf(run: PlaybookRun, servers: readonly RunServer[]): PlaybookRunDetails {
  const counts = servers.map(({ state, startedAt, finishedAt }) => {
    return { state, servers: 1, startedAt, finishedAt };
  });
  return {
    ...runSummaryOf(run, counts),
    totals: totalsOf(servers),
    servers: servers.map((server) => ({
      server_id: server.serverId,
      server_name: server.serverName,
      operation_id: server.operationId,
      state: server.state,
      outcome: server.outcome,
      exit_code: server.exitCode,
      recap: server.recap,
      tasks: server.tasks,
      current: server.current && {
        task: server.current.task,
        started_at: server.current.started_at,
      },
      error: server.error,
      started_at: server.startedAt?.toISOString() ?? null,
      finished_at: server.finishedAt?.toISOString() ?? null,
    })),
  };
}

/** Results as they are shown; `after` is what was asked for. */
export function tasksOf(
  results: readonly TaskResult[],
  after: number,
  { current, tasksDropped }: TaskProgress,
): PlaybookTasks {
  return {
    tasks: results.map((result) => ({
      seq: result.seq,
      task_id: result.taskId,
      task: result.task,
      role: result.role,
      play: result.play,
      action: result.action,
      item: result.item,
      status: result.status,
      ignored: result.ignored,
      duration_ms: result.durationMs,
      message: result.message,
      diff: result.diff,
      at: result.at.toISOString(),
    })),
    next_after: results.at(-1)?.seq ?? after,
    current: current satisfies CurrentTask | null,
    dropped: tasksDropped,
  };
}

/** What a run is as a whole: a failure on one server is a failure, whatever the others did. */
export function overallState(counts: readonly Pick<RunCount, 'state'>[]): RunState {
  const has = (state: RunState): boolean => counts.some((count) => count.state === state);
  if (has('running')) return 'running';
  if (has('pending'))
    return counts.some(({ state }) => state !== 'pending') ? 'running' : 'pending';
  if (has('failed')) return 'failed';
  return has('cancelled') ? 'cancelled' : 'succeeded';
}

function byState(counts: Counts): Partial<Record<RunState, number>> {
  const sums: Partial<Record<RunState, number>> = {};
  for (const { state, servers } of counts) sums[state] = (sums[state] ?? 0) + servers;
  return sums;
}

function earliest(dates: readonly (Date | null)[]): string | null {
  return timesOf(dates)[0]?.toISOString() ?? null;
}

function latest(dates: readonly (Date | null)[]): string | null {
  return timesOf(dates).at(-1)?.toISOString() ?? null;
}

function timesOf(dates: readonly (Date | null)[]): Date[] {
  return dates.filter((date) => date !== null).sort((a, b) => a.getTime() - b.getTime());
}

const NOTHING: Recap = {
  ok: 0,
  changed: 0,
  failed: 0,
  unreachable: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
};

function totalsOf(servers: readonly RunServer[]): Recap {
  return servers.reduce<Recap>(
    (sum, { recap }) => ({
      ok: sum.ok + (recap?.ok ?? 0),
      changed: sum.changed + (recap?.changed ?? 0),
      failed: sum.failed + (recap?.failed ?? 0),
      unreachable: sum.unreachable + (recap?.unreachable ?? 0),
      skipped: sum.skipped + (recap?.skipped ?? 0),
      rescued: sum.rescued + (recap?.rescued ?? 0),
      ignored: sum.ignored + (recap?.ignored ?? 0),
    }),
    NOTHING,
  );
}

/** Playbooks that come with MyX are known by their name. */
function idOf({ playbook: { id, name, version } }: PlaybookRun): string | null {
  return version === null ? name : id;
}
