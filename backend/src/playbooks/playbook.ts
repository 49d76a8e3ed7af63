import type { AnsibleTaskStatus, CommandOutcome } from '@myx/protocol';
import type { Actor } from '../platform/http/index.js';
import type { Variable } from './playbook-variables.js';

/** How far the syntax check of a version is. Only a usable one runs. */
export const VERSION_STATES = ['draft', 'checking', 'usable', 'invalid'] as const;
export type VersionState = (typeof VERSION_STATES)[number];

/** Who did something, as it is stored and shown. */
export type Author = Pick<Actor, 'kind' | 'id' | 'name'>;

/** A playbook of the user's own. */
export interface Playbook {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly latestVersion: number;
  /** State of the latest version. */
  readonly latestState: VersionState;
  /** The newest version that runs, if any does. */
  readonly usableVersion: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The last syntax check of a version. */
export interface VersionCheck {
  readonly operationId: string;
  readonly serverId: string;
  /** What Ansible, or the way to it, said; null while it runs and after a success. */
  readonly message: string | null;
  readonly checkedAt: Date | null;
}

/** One saved text of a playbook. It never changes. */
export interface PlaybookVersion {
  readonly playbookId: string;
  readonly version: number;
  readonly content: string;
  readonly sha256: string;
  readonly note: string;
  readonly variables: readonly Variable[];
  /** Names of secrets that have a sealed default. */
  readonly secretDefaults: readonly string[];
  readonly state: VersionState;
  readonly check: VersionCheck | null;
  readonly author: Author;
  readonly createdAt: Date;
}

/** Which servers a run was started for, as asked. */
export interface RunSelector {
  readonly server_ids?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** How a run goes about its work. */
export interface RunOptions {
  readonly check: boolean;
  readonly diff: boolean;
  readonly tags: readonly string[];
  readonly skip_tags: readonly string[];
  readonly timeout_seconds: number;
  readonly limit_parallel: number;
  readonly stop_on_failure: boolean;
}

/** Which playbook a run runs: what is not of the user's own has no id and no version. */
export interface RunPlaybook {
  readonly id: string | null;
  readonly name: string;
  readonly version: number | null;
  readonly sha256: string;
}

/** One playbook on many servers. */
export interface PlaybookRun {
  readonly id: string;
  readonly playbook: RunPlaybook;
  readonly selector: RunSelector;
  readonly options: RunOptions;
  readonly extraVars: Readonly<Record<string, unknown>>;
  readonly secretNames: readonly string[];
  readonly batchId: string | null;
  readonly retryOf: string | null;
  readonly author: Author;
  readonly createdAt: Date;
}

/** What a run may be on a server, and as a whole. */
export const RUN_STATES = ['pending', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** The numbers Ansible ends with. */
export interface Recap {
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  readonly unreachable: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
}

/** A run on one server. */
export interface RunServer {
  readonly runId: string;
  readonly serverId: string;
  readonly serverName: string;
  readonly operationId: string;
  readonly state: RunState;
  readonly outcome: CommandOutcome | null;
  readonly exitCode: number | null;
  readonly recap: Recap | null;
  readonly tasks: number;
  /** What ran last, until the playbook has ended. */
  readonly current: CurrentTask | null;
  readonly error: {
    readonly step: string;
    readonly layer: string;
    readonly code: string;
    readonly message: string;
  } | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** One result, in the order of arrival. */
export interface TaskResult {
  readonly seq: number;
  readonly taskId: string;
  readonly task: string;
  readonly role: string | null;
  readonly play: string;
  readonly action: string;
  readonly item: string | null;
  readonly status: AnsibleTaskStatus;
  readonly ignored: boolean;
  readonly durationMs: number;
  readonly message: string | null;
  readonly diff: string | null;
  readonly at: Date;
}

/** A task that runs now. */
export interface CurrentTask {
  readonly task_id: string;
  readonly task: string;
  readonly role: string | null;
  readonly play: string;
  readonly action: string;
  readonly started_at: string;
}
