import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { SecretBox } from '../platform/crypto/index.js';
import type { SecretPlace } from '../platform/crypto/index.js';
import { newRowId } from '../platform/database/index.js';
import { HiddenRequest, hidesSomething } from './command-request.js';
import type { CommandRequest } from './command-request.js';

/** What a request has beside its visible part. */
export type CommandInput = Pick<CommandRequest, 'hidden' | 'script'>;

const NOTHING: CommandInput = { hidden: { env: {}, stdin: null }, script: null };

interface InputRow {
  readonly script: string | null;
  readonly secrets_sealed: Buffer | null;
}

/**
 * Scripts, environments and standard inputs, stored once for a command or for all commands of a run.
 * Environment values and standard input are sealed.
 */
@Injectable()
export class InputsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secretBox: SecretBox,
  ) {}

  /** Stores what there is to store; answers its id, or null when there is nothing. */
  async insert(manager: EntityManager, request: CommandRequest): Promise<string | null> {
    if (request.script === null && !hidesSomething(request)) return null;
    const id = newRowId();
    const secrets = hidesSomething(request)
      ? this.secretBox.seal(JSON.stringify(request.hidden), placeOf(id))
      : null;
    await manager.query(
      'INSERT INTO command_inputs (id, script, secrets_sealed, created_at) VALUES ($1, $2, $3, now())',
      [id, request.script, secrets],
    );
    return id;
  }

  /** Opens what {@link InputsRepository.insert} stored. Only for sending it, and for comparing. */
  async open(
    id: string | null,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<CommandInput> {
    if (id === null) return NOTHING;
    const [row] = await manager.query<InputRow[]>(
      'SELECT script, secrets_sealed FROM command_inputs WHERE id = $1',
      [id],
    );
    if (!row) throw new Error(`the input ${id} of a command is missing`);
    if (row.secrets_sealed === null) return { ...NOTHING, script: row.script };
    const opened = this.secretBox.open(row.secrets_sealed, placeOf(id));
    return { hidden: HiddenRequest.parse(JSON.parse(opened.reveal())), script: row.script };
  }

  /** The script of an input, without opening anything sealed. */
  async script(id: string | null): Promise<string | null> {
    if (id === null) return null;
    const rows = await this.dataSource.query<Pick<InputRow, 'script'>[]>(
      'SELECT script FROM command_inputs WHERE id = $1',
      [id],
    );
    return rows[0]?.script ?? null;
  }
}

function placeOf(id: string): SecretPlace {
  return { table: 'command_inputs', column: 'secrets_sealed', rowId: id };
}
