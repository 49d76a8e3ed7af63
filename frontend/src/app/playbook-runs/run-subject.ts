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
  readonly earlier: PlaybookRun | null;
}

/** Fetches a playbook in the version that an earlier run had, else in the newest that runs. */
export async function loadSubject(
  api: Api,
  id: string,
  from: string | undefined,
): Promise<RunSubject> {
  const [playbook, earlier] = await Promise.all([
    api.invoke(getPlaybook, { id }),
    from === undefined ? null : api.invoke(getPlaybookRun, { id: from }),
  ]);
  const { title, description, source, latest } = playbook;
  const wanted = earlier?.playbook.version ?? playbook.usable_version;
  const version =
    wanted === null || source === 'builtin' || latest.version === wanted
      ? latest
      : await api.invoke(getPlaybookVersion, { id, version: wanted });
  return {
    ...{ id: playbook.id, title, description, earlier },
    isOwn: source === 'own',
    version: version.state === 'usable' ? version : null,
  };
}
