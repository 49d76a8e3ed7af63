import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ApiClient } from '../../../test/support/api-client.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { ManagerApp } from '../../../test/support/manager-app.ts';
import type {
  PlaybookDetails,
  PlaybookVersionDiff,
  PlaybookVersionPage,
} from './playbooks.schema.js';

jest.setTimeout(120_000);

const CONTENT = `# description: From the comment.
# variables:
#   - { name: unit, required: true }
---
- hosts: localhost
  tasks: []
`;

let manager: ManagerApp;
let api: ApiClient;
let number = 0;

beforeAll(async () => {
  manager = await ManagerApp.start();
  api = await manager.api();
});

function create(body: object = {}): Promise<PlaybookDetails> {
  number += 1;
  return api.post<PlaybookDetails>('/api/v1/playbooks', {
    name: `own-${number}`,
    content: CONTENT,
    ...body,
  });
}

/** The problem document of a refused request. */
async function refusal(method: string, route: string, body?: object) {
  const response = await api.raw(route, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const problem = (await response.json()) as Record<string, unknown>;
  return { status: response.status, ...problem };
}

describe('playbooks', () => {
  it('are those that come with MyX, and the own ones', async () => {
    const { id, name } = await create();

    const { items } = await api.get<{ items: PlaybookDetails[] }>('/api/v1/playbooks');

    expect(items.find((item) => item.id === 'ping')).toMatchObject({
      source: 'builtin',
      latest_state: 'usable',
    });
    expect(items.find((item) => item.id === id)).toMatchObject({ name, source: 'own' });
    expect(items.map((item) => item.name)).not.toContain('deploy_caddy');
  });

  it('take description and variables from the comment above the plays', async () => {
    const playbook = await create();

    expect(playbook).toMatchObject({ description: 'From the comment.', usable_version: null });
    expect(playbook.latest).toMatchObject({
      version: 1,
      state: 'draft',
      variables: [{ name: 'unit', required: true, type: 'string' }],
    });
  });

  it('are found by id and by name, in whatever case', async () => {
    const { id, name } = await create();

    const byName = await api.get<PlaybookDetails>(`/api/v1/playbooks/${name.toUpperCase()}`);

    expect(byName.id).toBe(id);
    expect(await refusal('GET', '/api/v1/playbooks/nothing')).toMatchObject({
      status: 404,
      name: 'playbook_not_found',
    });
  });

  it('keep every text as a version with author and note', async () => {
    const { id } = await create();
    const other = CONTENT.replace('localhost', 'all');

    await api.put(`/api/v1/playbooks/${id}`, { content: other, note: 'all hosts' });
    await api.put(`/api/v1/playbooks/${id}`, { content: other, description: 'same text' });

    const page = await api.get<PlaybookVersionPage>(`/api/v1/playbooks/${id}/versions?limit=1`);
    expect(page.items).toMatchObject([
      { version: 2, note: 'all hosts', author: { kind: 'token' } },
    ]);
    const rest = await api.get<PlaybookVersionPage>(
      `/api/v1/playbooks/${id}/versions?cursor=${page.next_cursor ?? ''}`,
    );
    expect(rest).toMatchObject({ items: [{ version: 1 }], next_cursor: null });
    const first = await api.get<{ content: string }>(`/api/v1/playbooks/${id}/versions/1`);
    expect(first.content).toBe(CONTENT);
  });

  it('are not overwritten by somebody who has not seen the latest version', async () => {
    const { id } = await create();
    const change = (where: string) => ({
      content: CONTENT.replace('localhost', where),
      base_version: 1,
    });
    await api.put(`/api/v1/playbooks/${id}`, change('all'));

    const refused = await refusal('PUT', `/api/v1/playbooks/${id}`, change('[all]'));

    expect(refused).toMatchObject({ status: 409, name: 'playbook_changed', latest_version: 2 });
  });

  it('are refused with line and column', async () => {
    const refused = await refusal('POST', '/api/v1/playbooks', {
      name: 'broken',
      content: '- hosts: web\n',
    });

    expect(refused).toMatchObject({ status: 422, name: 'invalid_playbook' });
    expect(refused).toHaveProperty('errors.0', {
      line: 1,
      column: 10,
      message: expect.stringContaining('localhost or all'),
    });
  });

  it('have names of their own', async () => {
    const { name } = await create();

    const bodies = [name, name.toUpperCase(), 'Ping'].map((taken) => ({
      name: taken,
      content: CONTENT,
    }));
    for (const body of bodies) {
      expect(await refusal('POST', '/api/v1/playbooks', body)).toMatchObject({
        status: 409,
        name: 'playbook_name_taken',
      });
    }
  });

  it('keep their names apart also when two take one at the same time', async () => {
    const [one, other] = [await create(), await create()];
    const taken = { status: 409, name: 'playbook_name_taken' };

    const { late } = await manager.dataSource.transaction(async (transaction) => {
      await transaction.query(`UPDATE playbooks SET name = 'wanted' WHERE id = $1`, [one.id]);
      const renaming = refusal('PUT', `/api/v1/playbooks/${other.id}`, { name: 'Wanted' });
      await eventually('it waits for the name', async () => {
        const waiting: unknown[] = await manager.dataSource.query(
          `SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0 || undefined;
      });
      return { late: renaming };
    });

    expect(await late).toMatchObject(taken);
    expect(await refusal('PUT', `/api/v1/playbooks/${other.id}`, { name: 'wanted' })).toMatchObject(
      taken,
    );
  });

  it('that come with MyX cannot be changed, removed or checked', async () => {
    const refused = { status: 409, name: 'playbook_read_only' };
    const server = { server_id: '0198f7f2-0000-7000-8000-000000000000' };

    expect(await refusal('PUT', '/api/v1/playbooks/ping', { note: 'x' })).toMatchObject(refused);
    expect(await refusal('DELETE', '/api/v1/playbooks/ping')).toMatchObject(refused);
    expect(await refusal('POST', '/api/v1/playbooks/ping/versions/1/check', server)).toMatchObject(
      refused,
    );
  });

  it('can be removed, and their names used again', async () => {
    const { id, name } = await create();

    await api.delete(`/api/v1/playbooks/${id}`);

    expect((await create({ name })).id).not.toBe(id);
    expect((await refusal('GET', `/api/v1/playbooks/${id}`)).status).toBe(404);
  });
});

describe('differences of versions', () => {
  const diffOf = (id: string, version: number, query = ''): Promise<PlaybookVersionDiff> =>
    api.get(`/api/v1/playbooks/${id}/versions/${version}/diff${query}`);

  it('are told against the version before, or any other', async () => {
    const { id } = await create();
    const [second, third] = ['second', 'third'].map((word) => `${CONTENT}# ${word}\n`);
    await api.put(`/api/v1/playbooks/${id}`, { content: second });
    await api.put(`/api/v1/playbooks/${id}`, { content: third });

    const before = await diffOf(id, 3);
    expect(before).toMatchObject({ version: 3, against: 2, variables_diff: null });
    expect(before.content_diff).toContain('\n-# second\n+# third\n');
    const other = await diffOf(id, 1, '?against=3');
    expect(other.content_diff).toContain('\n-# third\n');
    expect(await diffOf(id, 2, '?against=2')).toMatchObject({ content_diff: null });
  });

  it('are none for the first version, and for what comes with MyX', async () => {
    const { id } = await create();
    const nothing = { version: 1, against: null, content_diff: null, variables_diff: null };

    expect(await diffOf(id, 1)).toEqual(nothing);
    expect(await diffOf('ping', 1)).toEqual(nothing);
  });

  it('need both versions to be there', async () => {
    const { id } = await create();

    for (const route of [`${id}/versions/2/diff`, `${id}/versions/1/diff?against=2`]) {
      expect(await refusal('GET', `/api/v1/playbooks/${route}`)).toMatchObject({
        status: 404,
        name: 'playbook_version_not_found',
      });
    }
    expect((await refusal('GET', '/api/v1/playbooks/ping/versions/2/diff')).status).toBe(404);
  });

  it('tell that the default of a secret changed, not what it is', async () => {
    const variable = { name: 'token', secret: true };
    const { id } = await create({ variables: [{ ...variable, default: 'canary-1' }] });
    await api.put(`/api/v1/playbooks/${id}`, {
      variables: [{ ...variable, default: 'canary-2' }],
    });

    const { content_diff, variables_diff } = await diffOf(id, 2);

    expect(content_diff).toBeNull();
    expect(variables_diff).toContain('•••• (changed)');
    expect(variables_diff).not.toContain('canary');
  });
});

describe('defaults of secret variables', () => {
  const secret = 'canary-of-a-default';
  const variable = { name: 'token', secret: true };

  it('are sealed, never shown, and stay until they are changed', async () => {
    const { id, latest } = await create({ variables: [{ ...variable, default: secret }] });
    expect(latest.variables).toMatchObject([{ default: null, has_default: true }]);

    const content = CONTENT.replace('localhost', 'all');
    await api.put(`/api/v1/playbooks/${id}`, { content, variables: [variable] });

    const second = await api.raw(`/api/v1/playbooks/${id}`);
    const text = await second.text();
    expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toMatchObject({
      latest: { version: 2, variables: [{ has_default: true }] },
    });
    const rows: { row: string }[] = await manager.dataSource.query(
      'SELECT v::text AS row FROM playbook_versions v WHERE playbook_id = $1',
      [id],
    );
    expect(rows).toHaveLength(2);
    expect(rows.filter(({ row }) => row.includes(secret))).toEqual([]);
    // As hexadecimal, too: sealed bytes are shown like that.
    const hex = Buffer.from(secret).toString('hex');
    expect(rows.filter(({ row }) => row.includes(hex))).toEqual([]);
  });

  it('go when asked to', async () => {
    const { id } = await create({ variables: [{ ...variable, default: secret }] });

    const changed = await api.put<PlaybookDetails>(`/api/v1/playbooks/${id}`, {
      variables: [{ ...variable, default: null }],
    });

    expect(changed.latest).toMatchObject({ version: 2, variables: [{ has_default: false }] });
  });
});
