import { inject } from '@angular/core';
import type { Signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getPlaybookRun } from '../platform/api/generated/fn/playbooks/get-playbook-run';
import type { PlaybookRun } from '../platform/api/generated/models/playbook-run';
import type { PlaybookRunServer } from '../platform/api/generated/models/playbook-run-server';
import type { LiveMessage } from '../platform/live/live-message';
import { liveResource } from '../platform/live/live-resource';
import type { LiveResource } from '../platform/live/live-resource';

/** Follows one run with what it comes to on each server. In an injection context. */
export function followPlaybookRun(id: Signal<string>): LiveResource<PlaybookRun> {
  const api = inject(Api);
  return liveResource<PlaybookRun>({
    topics: () => [`playbook_runs:${id()}`],
    load: () => api.invoke(getPlaybookRun, { id: id() }),
    refetchOn: ({ type }) => type === 'playbook_run_changed',
    merge: (run, messages) => withNews(run, messages),
    keyOf: ({ type, data }) => `${type} ${String(data.server_id)}`,
  });
}

/** The run after news of tasks: which one runs where, and how many have ended. */
export function withNews(run: PlaybookRun, messages: readonly LiveMessage[]): PlaybookRun {
  const servers = new Map(run.servers.map((server) => [server.server_id, server]));
  for (const message of messages) {
    const id = String(message.data.server_id);
    const server = servers.get(id);
    if (server) servers.set(id, afterTask(server, message));
  }
  return { ...run, servers: [...servers.values()] };
}

function afterTask(server: PlaybookRunServer, { type, data }: LiveMessage): PlaybookRunServer {
  if (type === 'playbook_task_started') {
    const current = { task: String(data.task), started_at: String(data.started_at) };
    return { ...server, current };
  }
  if (type !== 'playbook_task_result') return server;
  return { ...server, tasks: Math.max(server.tasks, Number(data.seq)) };
}
