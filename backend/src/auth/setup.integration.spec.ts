import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AccessApp } from '../../../test/support/access-app.ts';
import type { Answer } from '../../../test/support/access-app.ts';
import { SetupService } from './setup.service.js';

/** A first start of the database takes seconds on a busy machine. */
jest.setTimeout(60_000);

const PASSWORD = 'a long enough password';

let api: AccessApp;

beforeEach(async () => {
  api = await AccessApp.start();
});

afterEach(() => api.close());

async function printedCode(app: AccessApp): Promise<string> {
  return (await app.app.get(SetupService).currentCode())?.reveal() ?? '';
}

function complete(code: string, login = 'root', password = PASSWORD): Promise<Answer> {
  return api.call('POST', '/api/v1/setup', { body: { code, login, password } });
}

describe('setting up', () => {
  it('is needed until the first administrator is there', async () => {
    expect((await api.call('GET', '/api/v1/setup')).body).toEqual({ needed: true });
    const code = await printedCode(api);
    const { status, body } = await complete(code);

    expect(status).toBe(201);
    expect(body).toMatchObject({ login: 'root', role: 'admin', disabled: false });
    expect((await api.call('GET', '/api/v1/setup')).body).toEqual({ needed: false });
    expect(await api.app.get(SetupService).currentCode()).toBeNull();
    expect((await complete(code, 'second')).body.name).toBe('setup_done');
  });

  it('makes exactly one administrator out of 50 parallel tries with the right code', async () => {
    const code = await printedCode(api);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => complete(code, `admin${index}`)),
    );

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.name === 'setup_done')).toHaveLength(49);
    const [row] = await api.dataSource.query<{ count: string }[]>('SELECT count(*) FROM users');
    expect(row?.count).toBe('1');
  });

  it('locks after five wrong codes, also in parallel, until a restart prints a new one', async () => {
    const code = await printedCode(api);
    const answers = await Promise.all(Array.from({ length: 12 }, () => complete('AAAA-BBBB')));
    const count = (name: string) => answers.filter(({ body }) => body.name === name).length;

    expect([count('setup_code_invalid'), count('setup_code_locked')]).toEqual([5, 7]);
    expect((await complete(code)).body.name).toBe('setup_code_locked');
    const restarted = await AccessApp.start({ dataSource: api.dataSource });
    try {
      expect((await complete(await printedCode(restarted))).status).toBe(201);
    } finally {
      await restarted.close();
    }
  });

  it('ends with the code after a day', async () => {
    const code = await printedCode(api);
    await api.dataSource.query(`UPDATE setup_code SET expires_at = now() - interval '1 s'`);

    expect((await complete(code)).body.name).toBe('setup_code_invalid');
  });

  it('does not use the code up on a password against the rules', async () => {
    const code = await printedCode(api);

    expect((await complete(code, 'root', 'a'.repeat(20))).body.name).toBe('password_refused');
    expect((await complete(code)).status).toBe(201);
  });

  it('stores no code', async () => {
    const code = await printedCode(api);
    const rows = await api.dataSource.query<{ row: string }[]>(
      'SELECT s::text AS row FROM setup_code s',
    );

    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain(code.replaceAll('-', ''));
  });

  it('prints no code when a user exists', async () => {
    await api.setUp('root', PASSWORD);
    const restarted = await AccessApp.start({ dataSource: api.dataSource });
    try {
      expect(await restarted.app.get(SetupService).currentCode()).toBeNull();
    } finally {
      await restarted.close();
    }
  });
});
