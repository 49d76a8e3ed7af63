import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { openTestDatabase } from '../../../test/support/test-database.ts';
import { Credentials1795200001030 } from '../migrations/20261120T2030-credentials.js';
import { MasterKey, SecretBox, SecretBoxError } from '../platform/crypto/index.js';
import { CREDENTIALS_ENTITIES } from './credential.entity.js';
import { CREDENTIAL_NOT_FOUND } from './credentials.errors.js';
import type { CredentialInput } from './credentials.schema.js';
import { CredentialsService } from './credentials.service.js';

/** A first start of the database takes seconds on a busy machine. */
jest.setTimeout(60_000);

const KEY_LOGIN: CredentialInput = {
  username: 'deploy',
  auth: { type: 'private_key', private_key: 'canary-key-5f', passphrase: 'canary-phrase-5f' },
  sudo_password: 'canary-sudo-5f',
};
const PASSWORD_LOGIN: CredentialInput = {
  username: 'root',
  auth: { type: 'password', password: 'canary-password-5f' },
};

let dataSource: DataSource;
let credentials: CredentialsService;

function serviceWith(key: Buffer): CredentialsService {
  return new CredentialsService(dataSource, new SecretBox(new MasterKey(key)));
}

beforeEach(async () => {
  ({ dataSource } = await openTestDatabase({
    entities: CREDENTIALS_ENTITIES,
    migrations: [Credentials1795200001030],
  }));
  credentials = serviceWith(Buffer.alloc(32, 7));
});

function save(input: CredentialInput): Promise<string> {
  return dataSource.transaction((manager) => credentials.save(manager, input));
}

describe('CredentialsService', () => {
  it('opens what it saved', async () => {
    const opened = await credentials.open(await save(KEY_LOGIN));

    expect(opened.username).toBe('deploy');
    expect(opened.sudoPassword?.reveal()).toBe('canary-sudo-5f');
    if (opened.auth.type !== 'private_key') throw new Error('another kind of login came back');
    expect(opened.auth.privateKey.reveal()).toBe('canary-key-5f');
    expect(opened.auth.passphrase?.reveal()).toBe('canary-phrase-5f');
  });

  it('opens a password login without what it does not have', async () => {
    const opened = await credentials.open(await save(PASSWORD_LOGIN));

    expect(opened).not.toHaveProperty('sudoPassword');
    if (opened.auth.type !== 'password') throw new Error('another kind of login came back');
    expect(opened.auth.password.reveal()).toBe('canary-password-5f');
  });

  it('stores, describes and prints no secret', async () => {
    const ids = [await save(KEY_LOGIN), await save(PASSWORD_LOGIN)];
    const rows = await dataSource.query<object[]>(
      `SELECT c.*, encode(c::text::bytea, 'escape') AS everything FROM credentials c`,
    );
    const shown = await Promise.all(ids.map((id) => credentials.describe(dataSource, id)));
    const opened = await Promise.all(ids.map((id) => credentials.open(id)));

    expect(rows).toHaveLength(2);
    expect(rows.map((row) => Object.values(row).map(String).join())).not.toEqual(
      expect.arrayContaining([expect.stringContaining('canary')]),
    );
    expect(JSON.stringify([shown, opened])).not.toContain('canary');
    expect(shown[0]).toMatchObject({
      username: 'deploy',
      auth_type: 'private_key',
      has_passphrase: true,
      has_sudo_password: true,
    });
    expect(shown[1]).toMatchObject({ has_passphrase: false, has_sudo_password: false });
  });

  it('replaces a login as a whole', async () => {
    const id = await save(KEY_LOGIN);
    await dataSource.transaction((manager) => credentials.replace(manager, id, PASSWORD_LOGIN));

    expect(await credentials.describe(dataSource, id)).toMatchObject({
      username: 'root',
      auth_type: 'password',
      has_passphrase: false,
      has_sudo_password: false,
    });
    expect((await credentials.open(id)).auth.type).toBe('password');
  });

  it('does not open a secret that was moved to another row', async () => {
    const [from, to] = [await save(PASSWORD_LOGIN), await save(PASSWORD_LOGIN)];
    await dataSource.query(
      'UPDATE credentials SET password = (SELECT password FROM credentials WHERE id = $1) WHERE id = $2',
      [from, to],
    );

    await expect(credentials.open(to)).rejects.toThrow(SecretBoxError);
    expect((await credentials.open(from)).auth.type).toBe('password');
  });

  it('does not open a secret that was moved to another column', async () => {
    const id = await save(KEY_LOGIN);
    await dataSource.query('UPDATE credentials SET sudo_password = passphrase WHERE id = $1', [id]);

    await expect(credentials.open(id)).rejects.toThrow(SecretBoxError);
  });

  it('does not open under another master key', async () => {
    const id = await save(PASSWORD_LOGIN);

    await expect(serviceWith(Buffer.alloc(32, 8)).open(id)).rejects.toThrow(SecretBoxError);
  });

  it('forgets a login', async () => {
    const id = await save(PASSWORD_LOGIN);
    await dataSource.transaction((manager) => credentials.remove(manager, id));
    const missing = expect.objectContaining({ definition: CREDENTIAL_NOT_FOUND });

    await expect(credentials.open(id)).rejects.toEqual(missing);
    await expect(
      dataSource.transaction((manager) => credentials.replace(manager, id, PASSWORD_LOGIN)),
    ).rejects.toEqual(missing);
  });

  it('is kept in shape by the database too', async () => {
    const id = await save(PASSWORD_LOGIN);

    await expect(
      dataSource.query('UPDATE credentials SET password = NULL WHERE id = $1', [id]),
    ).rejects.toThrow('credentials_secret');
  });
});
