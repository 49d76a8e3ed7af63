import type { Api } from '../platform/api/generated/api';
import { getPlaybook } from '../platform/api/generated/fn/playbooks/get-playbook';
import { getPlaybookRun } from '../platform/api/generated/fn/playbooks/get-playbook-run';
import { getPlaybookVersion } from '../platform/api/generated/fn/playbooks/get-playbook-version';
import type { PlaybookRun } from '../platform/api/generated/models/playbook-run';
import type { PlaybookVersion } from '../platform/api/generated/models/playbook-version';

/** What the form for a run is about: a playbook in the version that runs, and the run it starts from. */
export interface RunSubject {
  readonly title: string;
  readonly description: string;
  readonly id: string;
  readonly isOwn: boolean;
  /** Null when no version has passed its syntax check. */
  readonly version: PlaybookVersion | null;
  /** A newer version that runs as well; null when it is the newest. */
  readonly newer: number | null;
  readonly earlier: PlaybookRun | null;
}

/** What a form for a run is asked for. */
export interface SubjectQuery {
  readonly id: string;
  /** The run it starts from. */
  readonly from: string | undefined;
  /** A version, unless it is the one of that run. */
  readonly version: number | null;
}

/** Fetches a playbook in the version that is asked for or an earlier run had, else in the newest that runs. */
export async function loadSubject(
  api: Api,
  { id, from, version: chosen }: SubjectQuery,
): Promise<RunSubject> {
  const [playbook, earlier] = await Promise.all([
    api.invoke(getPlaybook, { id }),
    from === undefined ? null : api.invoke(getPlaybookRun, { id: from }),
  ]);
  const { title, description, source, latest } = playbook;
  const newest = playbook.usable_version;
  const wanted = chosen ?? earlier?.playbook.version ?? newest;
  const version =
    wanted === null || source === 'builtin' || latest.version === wanted
      ? latest
      : await api.invoke(getPlaybookVersion, { id, version: wanted });
  return {
    ...{ id: playbook.id, title, description, earlier },
    isOwn: source === 'own',
    version: version.state === 'usable' ? version : null,
    newer: source === 'own' && newest !== null && newest > version.version ? newest : null,
  };
}
