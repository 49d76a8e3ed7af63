import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { SecretBox } from '../platform/crypto/index.js';
import type { Secret, SecretPlace } from '../platform/crypto/index.js';
import { newRowId } from '../platform/database/index.js';
import { AppError } from '../platform/errors/index.js';
import { Credential } from './credential.entity.js';
import type { SshAuthType } from './credential.entity.js';
import { CREDENTIAL_NOT_FOUND } from './credentials.errors.js';
import type { CredentialInput } from './credentials.schema.js';

/** A stored login with its secrets opened, for the SSH adapter alone. */
export interface OpenedCredential {
  readonly username: string;
  readonly auth:
    | { readonly type: 'password'; readonly password: Secret }
    | { readonly type: 'private_key'; readonly privateKey: Secret; readonly passphrase?: Secret };
  readonly sudoPassword?: Secret;
}

/** What may be shown of a stored login. */
export interface CredentialSummary {
  readonly id: string;
  readonly username: string;
  readonly auth_type: SshAuthType;
  readonly has_passphrase: boolean;
  readonly has_sudo_password: boolean;
  readonly updated_at: Date;
}

/** Columns that hold sealed bytes. */
type SealedColumn = 'password' | 'privateKey' | 'passphrase' | 'sudoPassword';

/** Keeps SSH logins, encrypted at rest. What goes in as a secret comes out only for a connection. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
  ) {}

  /** Stores a login and answers its id. */
  async save(manager: EntityManager, input: CredentialInput): Promise<string> {
    const id = newRowId();
    const now = new Date();
    await manager
      .getRepository(Credential)
      .insert({ id, ...this.columnsOf(id, input), createdAt: now, updatedAt: now });
    return id;
  }

  /**
   * Replaces a login as a whole: a secret that is not given is gone.
   *
   * @throws AppError credential_not_found
   */
  async replace(manager: EntityManager, id: string, input: CredentialInput): Promise<void> {
    const { affected } = await manager
      .getRepository(Credential)
      .update({ id }, { ...this.columnsOf(id, input), updatedAt: new Date() });
    if (affected !== 1) throw notFound(id);
  }

  /**
   * The login with its secrets, to connect with.
   *
   * @throws AppError credential_not_found
   * @throws SecretBoxError when a secret was tampered with or sealed under another key.
   */
  async open(id: string): Promise<OpenedCredential> {
    const row = await this.find(this.dataSource, id);
    const sudoPassword = this.opened(row, 'sudoPassword');
    return {
      username: row.username,
      auth: this.openedAuth(row),
      ...(sudoPassword === undefined ? {} : { sudoPassword }),
    };
  }

  /** What may be shown of a login. @throws AppError credential_not_found */
  async describe(source: EntityManager | DataSource, id: string): Promise<CredentialSummary> {
    const row = await this.find(source, id);
    return {
      id: row.id,
      username: row.username,
      auth_type: row.authType,
      has_passphrase: row.passphrase !== null,
      has_sudo_password: row.sudoPassword !== null,
      updated_at: row.updatedAt,
    };
  }

  /** Forgets a login. Removing one that is gone is not an error. */
  async remove(manager: EntityManager, id: string): Promise<void> {
    await manager.getRepository(Credential).delete({ id });
  }

  private async find(source: EntityManager | DataSource, id: string): Promise<Credential> {
    const row = await source.getRepository(Credential).findOneBy({ id });
    if (!row) throw notFound(id);
    return row;
  }

  private openedAuth(row: Credential): OpenedCredential['auth'] {
    if (row.authType === 'password') {
      return { type: 'password', password: this.required(row, 'password') };
    }
    const passphrase = this.opened(row, 'passphrase');
    return {
      type: 'private_key',
      privateKey: this.required(row, 'privateKey'),
      ...(passphrase === undefined ? {} : { passphrase }),
    };
  }

  private required(row: Credential, column: SealedColumn): Secret {
    const secret = this.opened(row, column);
    if (secret === undefined) throw new Error(`credential ${row.id} lacks its ${column}`);
    return secret;
  }

  private opened(row: Credential, column: SealedColumn): Secret | undefined {
    const sealed = row[column];
    if (sealed === null) return undefined;
    return this.box.open(sealed, placeOf(row.id, column));
  }

  private columnsOf(
    id: string,
    { username, auth, sudo_password }: CredentialInput,
  ): Pick<Credential, 'username' | 'authType' | SealedColumn> {
    const isKey = auth.type === 'private_key';
    return {
      username,
      authType: auth.type,
      password: this.sealed(id, 'password', isKey ? undefined : auth.password),
      privateKey: this.sealed(id, 'privateKey', isKey ? auth.private_key : undefined),
      passphrase: this.sealed(id, 'passphrase', isKey ? auth.passphrase : undefined),
      sudoPassword: this.sealed(id, 'sudoPassword', sudo_password),
    };
  }

  private sealed(id: string, column: SealedColumn, value: string | undefined): Buffer | null {
    return value === undefined ? null : this.box.seal(value, placeOf(id, column));
  }
}

function placeOf(rowId: string, column: SealedColumn): SecretPlace {
  return { table: 'credentials', column, rowId };
}

function notFound(id: string): AppError {
  return new AppError(
    CREDENTIAL_NOT_FOUND,
    'The stored SSH login is gone. Enter it again for this server.',
    { credential_id: id },
  );
}
