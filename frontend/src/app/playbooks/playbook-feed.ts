import { inject } from '@angular/core';
import type { Signal } from '@angular/core';
import { Api } from '../platform/api/generated/api';
import { getPlaybook } from '../platform/api/generated/fn/playbooks/get-playbook';
import { listPlaybookRuns } from '../platform/api/generated/fn/playbooks/list-playbook-runs';
import { listPlaybooks } from '../platform/api/generated/fn/playbooks/list-playbooks';
import type { PlaybookDetails } from '../platform/api/generated/models/playbook-details';
import type { PlaybookRunSummary } from '../platform/api/generated/models/playbook-run-summary';
import type { PlaybookSummary } from '../platform/api/generated/models/playbook-summary';
import type { LiveMessage } from '../platform/live/live-message';
import { liveResource } from '../platform/live/live-resource';
import type { LiveResource } from '../platform/live/live-resource';
import { soon } from './soon';

/** Own playbooks have a topic each; those that come with MyX have names, and never change. */
const OWN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How long news of runs are collected: one on many servers tells of each of them. */
const SETTLE_MS = 1000;

const isAboutPlaybook = ({ type }: LiveMessage): boolean => type === 'playbook_changed';

/** Every playbook with its last run, live. In an injection context. */
export function followPlaybooks(): LiveResource<readonly PlaybookSummary[]> {
  const api = inject(Api);
  const later = soon(() => list.reload(), SETTLE_MS);
  const list = liveResource<readonly PlaybookSummary[]>({
    topics: () => ['playbooks', 'playbook_runs'],
    load: async () => (await api.invoke(listPlaybooks, {})).items,
    refetchOn: isAboutPlaybook,
    merge: (items) => {
      later();
      return items;
    },
  });
  return list;
}

/** One playbook with its latest version, live. */
export function followPlaybook(id: Signal<string | null>): LiveResource<PlaybookDetails> {
  const api = inject(Api);
  return liveResource<PlaybookDetails>({
    topics: () => {
      const current = id();
      if (current === null) return [];
      return [OWN_ID.test(current) ? `playbooks:${current}` : 'playbooks'];
    },
    load: () => api.invoke(getPlaybook, { id: id() ?? '' }),
    refetchOn: isAboutPlaybook,
    merge: (details) => details,
  });
}

/** The newest runs of one playbook, live. */
export function followRunsOf(
  id: Signal<string>,
  limit: number,
): LiveResource<readonly PlaybookRunSummary[]> {
  const api = inject(Api);
  const later = soon(() => runs.reload(), SETTLE_MS);
  const runs = liveResource<readonly PlaybookRunSummary[]>({
    topics: () => (id() === '' ? [] : ['playbook_runs']),
    load: async () => (await api.invoke(listPlaybookRuns, { playbook: id(), limit })).items,
    merge: (items) => {
      later();
      return items;
    },
  });
  return runs;
}
