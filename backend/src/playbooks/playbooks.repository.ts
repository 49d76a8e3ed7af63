import { Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { SecretBox } from '../platform/crypto/index.js';
import type { SecretPlace } from '../platform/crypto/index.js';
import type { Author, Playbook, PlaybookVersion, VersionCheck, VersionState } from './playbook.js';
import type { Values, Variable } from './playbook-variables.js';

/** A playbook to store, without its first version. */
export type NewPlaybook = Pick<Playbook, 'id' | 'name' | 'description'>;

/** A version to store. */
export interface NewVersion {
  readonly playbookId: string;
  readonly version: number;
  readonly content: string;
  readonly sha256: string;
  readonly note: string;
  readonly variables: readonly Variable[];
  readonly secretDefaults: Values;
  readonly author: Author;
}

/** Which version a check is about, and by which operation. */
export interface CheckedVersion {
  readonly playbookId: string;
  readonly version: number;
  readonly operationId: string;
}

type VersionRow = Omit<PlaybookVersion, 'check'> & {
  readonly [Key in keyof VersionCheck]: VersionCheck[Key] | null;
};

const PLAYBOOK_COLUMNS = `p.id, p.name, p.description, p.latest_version AS "latestVersion",
  latest.state AS "latestState",
  (SELECT max(version) FROM playbook_versions v
    WHERE v.playbook_id = p.id AND v.state = 'usable') AS "usableVersion",
  p.created_at AS "createdAt", p.updated_at AS "updatedAt"`;

const PLAYBOOKS = `playbooks p JOIN playbook_versions latest
  ON latest.playbook_id = p.id AND latest.version = p.latest_version`;

const VERSION_COLUMNS = `playbook_id AS "playbookId", version, content, sha256, note, variables,
  secret_defaults AS "secretDefaults", state, check_operation_id AS "operationId",
  check_server_id AS "serverId", check_message AS message, checked_at AS "checkedAt", author,
  created_at AS "createdAt"`;

/** Reads and writes the user's own playbooks and their versions. */
@Injectable()
export class PlaybooksRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secretBox: SecretBox,
  ) {}

  /** All of them, by name. */
  list(): Promise<Playbook[]> {
    return this.dataSource.query<Playbook[]>(
      `SELECT ${PLAYBOOK_COLUMNS} FROM ${PLAYBOOKS} ORDER BY lower(p.name)`,
    );
  }

  /** The playbook with an id. */
  async find(id: string, manager = this.dataSource.manager): Promise<Playbook | undefined> {
    const rows = await manager.query<Playbook[]>(
      `SELECT ${PLAYBOOK_COLUMNS} FROM ${PLAYBOOKS} WHERE p.id = $1`,
      [id],
    );
    return rows[0];
  }

  /** The playbook with a name, in whatever case. */
  async findByName(name: string): Promise<Playbook | undefined> {
    const rows = await this.dataSource.query<Playbook[]>(
      `SELECT ${PLAYBOOK_COLUMNS} FROM ${PLAYBOOKS} WHERE lower(p.name) = lower($1)`,
      [name],
    );
    return rows[0];
  }

  /** Keeps others from changing or removing a playbook until the transaction ends. */
  async lock(manager: EntityManager, id: string): Promise<void> {
    await manager.query('SELECT id FROM playbooks WHERE id = $1 FOR UPDATE', [id]);
  }

  /** Adds a playbook. Answers false when the name is taken. */
  async insert(manager: EntityManager, { id, name, description }: NewPlaybook): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `INSERT INTO playbooks (id, name, description, latest_version, created_at, updated_at)
       VALUES ($1, $2, $3, 1, now(), now()) ON CONFLICT (lower(name)) DO NOTHING RETURNING id`,
      [id, name, description],
    );
    return rows.length > 0;
  }

  /**
   * Changes name, description and the number of the latest version. Answers false when the name is taken:
   * the transaction cannot go on then.
   */
  async update(
    manager: EntityManager,
    { id, name, description, latestVersion }: NewPlaybook & Pick<Playbook, 'latestVersion'>,
  ): Promise<boolean> {
    try {
      await manager.query(
        `UPDATE playbooks SET name = $2, description = $3, latest_version = $4, updated_at = now()
         WHERE id = $1`,
        [id, name, description, latestVersion],
      );
      return true;
    } catch (error) {
      if (isNameTaken(error)) return false;
      throw error;
    }
  }

  /** Removes a playbook with its versions. Its runs stay. */
  async remove(manager: EntityManager, id: string): Promise<void> {
    await manager.query('DELETE FROM playbooks WHERE id = $1', [id]);
  }

  /** Adds a version in state `draft`. */
  async insertVersion(manager: EntityManager, version: NewVersion): Promise<void> {
    const names = Object.keys(version.secretDefaults);
    const sealed =
      names.length === 0
        ? null
        : this.secretBox.seal(JSON.stringify(version.secretDefaults), placeOf(version));
    const { kind, id, name } = version.author;
    await manager.query(
      `INSERT INTO playbook_versions (playbook_id, version, content, sha256, note, variables,
         secret_defaults, secret_defaults_sealed, author, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())`,
      [
        version.playbookId,
        version.version,
        version.content,
        version.sha256,
        version.note,
        JSON.stringify(version.variables),
        JSON.stringify(names),
        sealed,
        JSON.stringify({ kind, id, name }),
      ],
    );
  }

  /** One version with its text. */
  async version(
    playbookId: string,
    version: number,
    manager = this.dataSource.manager,
  ): Promise<PlaybookVersion | undefined> {
    const rows = await manager.query<VersionRow[]>(
      `SELECT ${VERSION_COLUMNS} FROM playbook_versions WHERE playbook_id = $1 AND version = $2`,
      [playbookId, version],
    );
    return rows[0] && versionOf(rows[0]);
  }

  /** At most `limit` versions, newest first, those below `before`. */
  async versions(playbookId: string, limit: number, before?: number): Promise<PlaybookVersion[]> {
    const rows = await this.dataSource.query<VersionRow[]>(
      `SELECT ${VERSION_COLUMNS} FROM playbook_versions
        WHERE playbook_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3`,
      [playbookId, before ?? 2 ** 31 - 1, limit],
    );
    return rows.map(versionOf);
  }

  /** Opens the defaults of a version's secrets, for a run. */
  async secretDefaults(
    place: Pick<NewVersion, 'playbookId' | 'version'>,
    manager = this.dataSource.manager,
  ): Promise<Values> {
    const [row] = await manager.query<{ sealed: Buffer | null }[]>(
      `SELECT secret_defaults_sealed AS sealed FROM playbook_versions
        WHERE playbook_id = $1 AND version = $2`,
      [place.playbookId, place.version],
    );
    if (!row?.sealed) return {};
    return JSON.parse(this.secretBox.open(row.sealed, placeOf(place)).reveal()) as Values;
  }

  /** Begins a syntax check: the newest one of a version counts. */
  async beginCheck(
    manager: EntityManager,
    { playbookId, version, operationId }: CheckedVersion,
    serverId: string,
  ): Promise<void> {
    await manager.query(
      `UPDATE playbook_versions SET state = 'checking', check_operation_id = $3, check_server_id = $4,
         check_message = NULL, checked_at = NULL
       WHERE playbook_id = $1 AND version = $2`,
      [playbookId, version, operationId, serverId],
    );
  }

  /** Marks a version as being checked again by the operation that checked it last. */
  async resumeCheck(manager: EntityManager, checked: CheckedVersion): Promise<void> {
    await this.setCheck(manager, checked, 'checking', null);
  }

  /** Stores how a check ended, unless a newer one has begun. */
  async endCheck(
    manager: EntityManager,
    checked: CheckedVersion,
    state: Exclude<VersionState, 'checking'>,
    message: string | null,
  ): Promise<void> {
    await this.setCheck(manager, checked, state, message);
  }

  /** A check that came to no end leaves its version as it was before. */
  async abandonCheck(manager: EntityManager, operationId: string, message: string): Promise<void> {
    await manager.query(
      `UPDATE playbook_versions SET state = 'draft', check_message = $2, checked_at = now()
       WHERE check_operation_id = $1 AND state = 'checking'`,
      [operationId, message],
    );
  }

  /** The version that an operation checks, unless a newer check has begun. */
  async findByCheck(operationId: string): Promise<PlaybookVersion | undefined> {
    const rows = await this.dataSource.query<VersionRow[]>(
      `SELECT ${VERSION_COLUMNS} FROM playbook_versions WHERE check_operation_id = $1`,
      [operationId],
    );
    return rows[0] && versionOf(rows[0]);
  }

  /** Stores the state of a version, unless a newer check has begun. */
  private async setCheck(
    manager: EntityManager,
    { playbookId, version, operationId }: CheckedVersion,
    state: VersionState,
    message: string | null,
  ): Promise<void> {
    await manager.query(
      `UPDATE playbook_versions SET state = $4, check_message = $5,
         checked_at = CASE WHEN $4 = 'checking' THEN NULL ELSE now() END
       WHERE playbook_id = $1 AND version = $2 AND check_operation_id = $3`,
      [playbookId, version, operationId, state, message],
    );
  }
}

function isNameTaken(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { constraint } = error.driverError as { constraint?: unknown };
  return constraint === 'playbooks_name';
}

function versionOf(row: VersionRow): PlaybookVersion {
  const { operationId, serverId, message, checkedAt, ...version } = row;
  const check =
    operationId === null || serverId === null
      ? null
      : { operationId, serverId, message, checkedAt };
  return { ...version, check };
}

function placeOf({ playbookId, version }: Pick<NewVersion, 'playbookId' | 'version'>): SecretPlace {
  return {
    table: 'playbook_versions',
    column: 'secret_defaults_sealed',
    rowId: `${playbookId}:${String(version)}`,
  };
}
