import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { NO_SERVER_SELECTED } from '../commands/index.js';
import { MANAGER_CONFIG } from '../platform/config/index.js';
import type { ManagerConfig } from '../platform/config/index.js';
import { AppError } from '../platform/errors/index.js';
import { SERVER_NOT_FOUND, ServersService } from '../servers/index.js';
import type { RunOptions, RunPlaybook, RunSelector } from './playbook.js';
import type { GivenRun, NewRun, StoredRun } from './playbook-runs.repository.js';
import type { CreatePlaybookRun } from './playbook-runs.schema.js';
import { resolveValues } from './playbook-variables.js';
import type { Values, Variable } from './playbook-variables.js';
import {
  INVALID_PLAYBOOK_VARIABLES,
  PLAYBOOK_NOT_USABLE,
  PLAYBOOK_VARIABLES_TOO_LARGE,
  PLAYBOOK_VERSION_NOT_FOUND,
} from './playbooks.errors.js';
import { PlaybooksRepository } from './playbooks.repository.js';
import { PlaybooksService } from './playbooks.service.js';

/** Largest variables of a run as JSON: they fit into one request to an agent, with room to spare. */
const VARIABLES_LIMIT_BYTES = 512 * 1024;

/** What a run will be, and where. */
export interface RunPlan {
  readonly run: Omit<NewRun, 'id' | 'retryOf' | 'author' | 'idempotencyKey'>;
  readonly serverIds: readonly string[];
}

/** What a run needs to know of the playbook it runs. */
interface Runnable {
  readonly playbook: RunPlaybook;
  readonly variables: readonly Variable[];
  readonly secretDefaults: Values;
}

/** Turns requests into runs: which version, which values, which servers. */
@Injectable()
export class PlaybookRunPlanner {
  constructor(
    private readonly playbooks: PlaybooksService,
    private readonly repository: PlaybooksRepository,
    private readonly servers: ServersService,
    @Inject(MANAGER_CONFIG) private readonly config: ManagerConfig,
  ) {}

  /**
   * What a request comes to now.
   *
   * @throws AppError playbook_not_found, playbook_version_not_found, playbook_not_usable,
   *   invalid_playbook_variables, playbook_variables_too_large, server_not_found, no_server_selected
   */
  async plan(body: CreatePlaybookRun): Promise<RunPlan> {
    const { playbook, variables, secretDefaults } = await this.runnable(body);
    const { plain, secret, problems } = resolveValues(variables, secretDefaults, {
      values: body.extra_vars,
      secretNames: body.secret_vars,
    });
    const [first] = problems;
    if (first) {
      const detail = `${first.name} ${first.message}.`;
      throw new AppError(INVALID_PLAYBOOK_VARIABLES, detail, { errors: problems });
    }
    refuseTooLarge({ ...plain, ...secret });
    const selector = selectorOf(body);
    const serverIds = await this.select(selector);
    const secretNames = Object.keys(secret);
    const options = this.optionsOf(body);
    const given = givenOf(body, secretNames);
    return {
      run: { playbook, selector, options, given, extraVars: plain, secretNames, secrets: secret },
      serverIds,
    };
  }

  /** True when a request says the same as the one that `run` was made of. */
  isSame(body: CreatePlaybookRun, run: StoredRun, secrets: Values): boolean {
    const given = givenOf(body, run.secretNames);
    const secretsGiven = Object.entries(body.extra_vars).filter(([name]) =>
      given.secrets_given.includes(name),
    );
    return (
      isDeepStrictEqual(given, run.given) &&
      isDeepStrictEqual(selectorOf(body), run.selector) &&
      isDeepStrictEqual(this.optionsOf(body), run.options) &&
      secretsGiven.every(([name, value]) => isDeepStrictEqual(value, secrets[name]))
    );
  }

  /** Those of `ids` that are still there. */
  async existing(ids: readonly string[]): Promise<string[]> {
    const known = new Set(await this.servers.ids({}));
    return ids.filter((id) => known.has(id));
  }

  private async runnable({ playbook: reference, version }: CreatePlaybookRun): Promise<Runnable> {
    const found = await this.playbooks.find(reference);
    if (found.source === 'builtin') {
      const { name, sha256, header } = found.playbook;
      if (version !== undefined && version !== 1) {
        throw new AppError(PLAYBOOK_VERSION_NOT_FOUND, `“${name}” has one version only.`);
      }
      const playbook = { id: null, name, version: null, sha256 };
      return { playbook, variables: header.variables, secretDefaults: {} };
    }
    const { id, name, usableVersion } = found.playbook;
    const number = version ?? usableVersion;
    if (number === null) {
      throw new AppError(
        PLAYBOOK_NOT_USABLE,
        `No version of “${name}” passed its syntax check yet. Check one first.`,
        { state: found.playbook.latestState },
      );
    }
    const { state, sha256, variables } = await this.playbooks.ownVersion({ id, name }, number);
    if (state !== 'usable') {
      throw new AppError(
        PLAYBOOK_NOT_USABLE,
        `Version ${String(number)} of “${name}” is ${state}: only a version that passed its syntax check runs.`,
        { state },
      );
    }
    const secretDefaults = await this.repository.secretDefaults({
      playbookId: id,
      version: number,
    });
    return { playbook: { id, name, version: number, sha256 }, variables, secretDefaults };
  }

  private async select(selector: RunSelector): Promise<readonly string[]> {
    if (selector.server_ids) {
      const known = await this.existing(selector.server_ids);
      const unknown = selector.server_ids.find((id) => !known.includes(id));
      if (unknown === undefined) return known;
      throw new AppError(SERVER_NOT_FOUND, `There is no server with the id ${unknown}.`);
    }
    const ids = await this.servers.ids({ labels: selector.labels ?? {} });
    if (ids.length > 0) return ids;
    throw new AppError(NO_SERVER_SELECTED, 'No server has all of these labels.');
  }

  private optionsOf(body: CreatePlaybookRun): RunOptions {
    const { check, diff, tags, skip_tags, limit_parallel, stop_on_failure } = body;
    const timeout_seconds = body.timeout_seconds ?? this.config.commands.default_timeout_seconds;
    return { check, diff, tags, skip_tags, limit_parallel, stop_on_failure, timeout_seconds };
  }
}

function selectorOf(body: CreatePlaybookRun): RunSelector {
  return body.server_ids
    ? { server_ids: [...new Set(body.server_ids)] }
    : { labels: body.labels ?? {} };
}

function givenOf(body: CreatePlaybookRun, secretNames: readonly string[]): GivenRun {
  const isSecret = (name: string): boolean => secretNames.includes(name);
  const entries = Object.entries(body.extra_vars);
  const secretsGiven = entries.map(([name]) => name).filter(isSecret);
  return {
    playbook: body.playbook,
    version: body.version ?? null,
    extra_vars: Object.fromEntries(entries.filter(([name]) => !isSecret(name))),
    secret_vars: [...body.secret_vars],
    secrets_given: secretsGiven.sort(),
  };
}

function refuseTooLarge(values: Values): void {
  if (Buffer.byteLength(JSON.stringify(values)) <= VARIABLES_LIMIT_BYTES) return;
  throw new AppError(
    PLAYBOOK_VARIABLES_TOO_LARGE,
    `The values of all variables together must be at most ${String(VARIABLES_LIMIT_BYTES / 1024)} KiB.`,
  );
}
