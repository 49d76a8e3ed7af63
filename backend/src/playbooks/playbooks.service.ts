import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/index.js';
import { newRowId, TransactionRunner } from '../platform/database/index.js';
import type { Transaction } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { decodeCursor, pageFrom } from '../platform/http/index.js';
import type { Actor } from '../platform/http/index.js';
import { BuiltinPlaybooks } from './builtin-playbooks.js';
import type { BuiltinPlaybook } from './builtin-playbooks.js';
import type { Playbook, PlaybookVersion } from './playbook.js';
import { parseContent } from './playbook-content.js';
import type { PlaybookHeader } from './playbook-content.js';
import { PlaybookNews } from './playbook-news.js';
import { overallState } from './playbook-run-views.js';
import { PlaybookRunsRepository } from './playbook-runs.repository.js';
import { withoutSecretDefaults, secretDefaultsOf } from './playbook-variables.js';
import type { VariableInput } from './playbook-variables.js';
import {
  INVALID_PLAYBOOK,
  PLAYBOOK_CHANGED,
  PLAYBOOK_IN_USE,
  PLAYBOOK_NAME_TAKEN,
  PLAYBOOK_NOT_FOUND,
  PLAYBOOK_READ_ONLY,
  PLAYBOOK_VERSION_NOT_FOUND,
} from './playbooks.errors.js';
import { PlaybooksRepository } from './playbooks.repository.js';
import {
  builtinSummaryOf,
  builtinVersionOf,
  summaryOf,
  versionOf,
  versionSummaryOf,
} from './playbooks.schema.js';
import type {
  CreatePlaybook,
  PlaybookDetails,
  PlaybookList,
  PlaybookVersionDetails,
  PlaybookVersionPage,
  PlaybookVersionQuery,
  UpdatePlaybook,
} from './playbooks.schema.js';

/** A playbook as it was asked for by id or name. */
export type FoundPlaybook =
  | { readonly source: 'builtin'; readonly playbook: BuiltinPlaybook }
  | { readonly source: 'own'; readonly playbook: Playbook };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Keeps playbooks: those that come with MyX, and the user's own with every version of them. */
@Injectable()
export class PlaybooksService {
  constructor(
    private readonly repository: PlaybooksRepository,
    private readonly runs: PlaybookRunsRepository,
    private readonly builtins: BuiltinPlaybooks,
    private readonly audit: AuditService,
    private readonly transactions: TransactionRunner,
    private readonly news: PlaybookNews,
  ) {}

  /** All of them: those that come with MyX first. */
  async list(): Promise<PlaybookList> {
    const [builtins, own, lastRuns] = await Promise.all([
      this.builtins.list(),
      this.repository.list(),
      this.lastRuns(),
    ]);
    return {
      items: [...builtins.map(builtinSummaryOf), ...own.map(summaryOf)].map((playbook) => ({
        ...playbook,
        last_run: lastRuns.get(playbook.id) ?? null,
      })),
    };
  }

  /** One with the text of its latest version. @throws AppError playbook_not_found */
  async get(reference: string): Promise<PlaybookDetails> {
    const found = await this.find(reference);
    if (found.source === 'builtin') {
      return { ...builtinSummaryOf(found.playbook), latest: builtinVersionOf(found.playbook) };
    }
    const { playbook } = found;
    const latest = await this.ownVersion(playbook, playbook.latestVersion);
    return { ...summaryOf(playbook), latest: versionOf(latest) };
  }

  /** A page of versions, newest first. @throws AppError playbook_not_found */
  async versions(reference: string, query: PlaybookVersionQuery): Promise<PlaybookVersionPage> {
    const found = await this.find(reference);
    if (found.source === 'builtin') {
      return { items: [builtinVersionOf(found.playbook)], next_cursor: null };
    }
    const { limit, cursor } = query;
    const before = cursor === undefined ? undefined : Number(decodeCursor(cursor, 1)[0]);
    const rows = await this.repository.versions(found.playbook.id, limit + 1, before);
    const key = ({ version }: PlaybookVersion): string[] => [String(version)];
    const page = pageFrom(rows, limit, key, versionSummaryOf);
    return { ...page, items: [...page.items] };
  }

  /** One version with its text. @throws AppError playbook_not_found, playbook_version_not_found */
  async version(reference: string, version: number): Promise<PlaybookVersionDetails> {
    const found = await this.find(reference);
    if (found.source === 'own') return versionOf(await this.ownVersion(found.playbook, version));
    if (version === 1) return builtinVersionOf(found.playbook);
    throw noVersion(found.playbook.name, version);
  }

  /** Like {@link PlaybooksService.version}, once its check has ended, or when `signal` fires. */
  async checkedVersion(
    reference: string,
    version: number,
    signal: AbortSignal,
  ): Promise<PlaybookVersionDetails> {
    const { playbook_id: id } = await this.version(reference, version);
    const look = (): Promise<PlaybookVersionDetails> => this.version(id, version);
    return this.news.untilPlaybook(id, look, ({ state }) => state !== 'checking', signal);
  }

  /** Stores a playbook with its first version. @throws AppError invalid_playbook, playbook_name_taken */
  async create(body: CreatePlaybook, actor: Actor): Promise<PlaybookDetails> {
    const header = usableHeader(body.content);
    await this.refuseBuiltinName(body.name);
    const id = newRowId();
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const description = body.description ?? header.description;
      if (!(await this.repository.insert(manager, { id, name: body.name, description }))) {
        throw nameTaken(body.name);
      }
      const variables = body.variables ?? header.variables;
      await this.addVersion(manager, { playbookId: id, version: 1, ...body, variables, actor });
      await this.record(transaction, 'playbook.create', actor, { id, name: body.name, version: 1 });
    });
    return this.get(id);
  }

  /**
   * Changes a playbook. Another text or other variables become a new version, which has yet to be checked.
   *
   * @throws AppError playbook_not_found, playbook_read_only, playbook_changed, invalid_playbook,
   *   playbook_name_taken
   */
  async update(reference: string, body: UpdatePlaybook, actor: Actor): Promise<PlaybookDetails> {
    const { id } = await this.own(reference);
    const header = body.content === undefined ? undefined : usableHeader(body.content);
    if (body.name !== undefined) await this.refuseBuiltinName(body.name);
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      const playbook = await this.locked(manager, id);
      refuseStale(playbook, body.base_version);
      const name = body.name ?? playbook.name;
      const latestVersion = await this.nextVersion(manager, playbook, { body, header, actor });
      const description = body.description ?? playbook.description;
      const changed = { id, name, description, latestVersion };
      if (!(await this.repository.update(manager, changed))) throw nameTaken(name);
      await this.record(transaction, 'playbook.update', actor, {
        id,
        name,
        version: latestVersion,
      });
    });
    return this.get(id);
  }

  /** Removes a playbook; its runs stay. @throws AppError playbook_not_found, playbook_read_only, playbook_in_use */
  async remove(reference: string, actor: Actor): Promise<void> {
    const { id, name, latestVersion } = await this.own(reference);
    await this.transactions.run(async (transaction) => {
      const { manager } = transaction;
      await this.locked(manager, id);
      if (await this.runs.isRunning(manager, id)) {
        throw new AppError(PLAYBOOK_IN_USE, `“${name}” is running. Cancel its runs, or wait.`);
      }
      await this.repository.remove(manager, id);
      await this.audit.record(manager, {
        actor,
        action: 'playbook.delete',
        object: { type: 'playbook', id, name },
        outcome: 'success',
      });
      transaction.afterCommit(() => {
        this.news.playbook(id, latestVersion, 'removed');
        return Promise.resolve();
      });
    });
  }

  /** The playbook with an id or a name. @throws AppError playbook_not_found */
  async find(reference: string): Promise<FoundPlaybook> {
    const builtin = await this.builtins.find(reference);
    if (builtin) return { source: 'builtin', playbook: builtin };
    const playbook = UUID.test(reference)
      ? await this.repository.find(reference)
      : await this.repository.findByName(reference);
    if (playbook) return { source: 'own', playbook };
    throw new AppError(PLAYBOOK_NOT_FOUND, `There is no playbook “${reference}”.`);
  }

  /** A version of the user's own playbook. @throws AppError playbook_version_not_found */
  async ownVersion(
    { id, name }: Pick<Playbook, 'id' | 'name'>,
    version: number,
    manager?: EntityManager,
  ): Promise<PlaybookVersion> {
    const found = await this.repository.version(id, version, manager);
    if (found) return found;
    throw noVersion(name, version);
  }

  /** A playbook that may be changed. @throws AppError playbook_not_found, playbook_read_only */
  async own(reference: string): Promise<Playbook> {
    const found = await this.find(reference);
    if (found.source === 'own') return found.playbook;
    throw new AppError(
      PLAYBOOK_READ_ONLY,
      `“${found.playbook.name}” comes with MyX. Save a copy under another name to change it.`,
    );
  }

  /** The newest run of each playbook that was run, by the playbook's id. */
  private async lastRuns(): Promise<
    ReadonlyMap<string, PlaybookList['items'][number]['last_run']>
  > {
    const runs = await this.runs.lastRuns();
    const counts = await this.runs.counts(runs.map(({ id }) => id));
    return new Map(
      runs.map(({ playbook, id, createdAt }) => {
        const state = overallState(counts.filter(({ runId }) => runId === id));
        return [playbook, { id, state, created_at: createdAt.toISOString() }];
      }),
    );
  }

  private async locked(manager: EntityManager, id: string): Promise<Playbook> {
    await this.repository.lock(manager, id);
    const playbook = await this.repository.find(id, manager);
    if (playbook) return playbook;
    throw new AppError(PLAYBOOK_NOT_FOUND, 'The playbook was removed.');
  }

  /** Adds a version when there is something new to keep; answers the number of the latest one. */
  private async nextVersion(
    manager: EntityManager,
    playbook: Playbook,
    change: { body: UpdatePlaybook; header: PlaybookHeader | undefined; actor: Actor },
  ): Promise<number> {
    const { body, header, actor } = change;
    const { id: playbookId, latestVersion } = playbook;
    const latest = await this.ownVersion(playbook, latestVersion, manager);
    const content = body.content ?? latest.content;
    const given = body.variables ?? (header?.variables.length ? header.variables : undefined);
    const variables: readonly VariableInput[] = given ?? latest.variables;
    const kept = await this.repository.secretDefaults(
      { playbookId, version: latestVersion },
      manager,
    );
    const secretDefaults = secretDefaultsOf(variables, kept);
    const isSame =
      content === latest.content &&
      isDeepStrictEqual(withoutSecretDefaults(variables), latest.variables) &&
      isDeepStrictEqual(secretDefaults, kept);
    if (isSame) return latestVersion;
    const version = latestVersion + 1;
    const { note } = body;
    await this.addVersion(manager, { playbookId, version, content, note, variables, actor }, kept);
    return version;
  }

  private addVersion(
    manager: EntityManager,
    version: {
      readonly playbookId: string;
      readonly version: number;
      readonly content: string;
      readonly note: string;
      readonly variables: readonly VariableInput[];
      readonly actor: Actor;
    },
    keptSecrets: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const { playbookId, content, note, variables, actor } = version;
    return this.repository.insertVersion(manager, {
      playbookId,
      version: version.version,
      content,
      sha256: createHash('sha256').update(content).digest('hex'),
      note,
      variables: withoutSecretDefaults(variables),
      secretDefaults: secretDefaultsOf(variables, keptSecrets),
      author: actor,
    });
  }

  private async refuseBuiltinName(name: string): Promise<void> {
    if (await this.builtins.find(name)) throw nameTaken(name);
  }

  private async record(
    transaction: Transaction,
    action: string,
    actor: Actor,
    { id, name, version }: { id: string; name: string; version: number },
  ): Promise<void> {
    await this.audit.record(transaction.manager, {
      actor,
      action,
      object: { type: 'playbook', id, name },
      outcome: 'success',
      details: { version },
    });
    transaction.afterCommit(() => {
      this.news.playbook(id, version, 'draft');
      return Promise.resolve();
    });
  }
}

/** What the text says about itself. @throws AppError invalid_playbook */
function usableHeader(content: string): PlaybookHeader {
  const { problems, header } = parseContent(content);
  const [first] = problems;
  if (!first) return header;
  const more = problems.length > 1 ? ` (and ${String(problems.length - 1)} more)` : '';
  throw new AppError(
    INVALID_PLAYBOOK,
    `Line ${String(first.line)}, column ${String(first.column)}: ${first.message}${more}`,
    { errors: problems },
  );
}

function refuseStale({ name, latestVersion }: Playbook, base: number | undefined): void {
  if (base === undefined || base === latestVersion) return;
  throw new AppError(
    PLAYBOOK_CHANGED,
    `“${name}” has version ${String(latestVersion)} by now, and you edited version ${String(base)}.`,
    { latest_version: latestVersion },
  );
}

function nameTaken(name: string): AppError {
  return new AppError(PLAYBOOK_NAME_TAKEN, `There is another playbook with the name “${name}”.`);
}

function noVersion(name: string, version: number): AppError {
  return new AppError(PLAYBOOK_VERSION_NOT_FOUND, `“${name}” has no version ${String(version)}.`);
}
