import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CommandRig } from '../../../test/support/command-rig.ts';
import { eventually } from '../../../test/support/eventually.ts';
import type { CommandDescription, CommandPage } from './commands.schema.js';

jest.setTimeout(60_000);

let rig: CommandRig;

beforeAll(async () => {
  rig = await CommandRig.open();
});
beforeEach(() => rig.freshServer());
afterEach(() => rig.agents.close());

describe('a command', () => {
  it('is answered with its result when the caller waits', async () => {
    rig.endAtOnce();

    const command = await rig.run();

    expect(command).toMatchObject({ status: 'finished', outcome: 'succeeded', exit_code: 0 });
    expect(rig.script.starts.get(command.id)).toBe(1);
  });

  it('is acknowledged, so that the agent can drop it', async () => {
    rig.endAtOnce();

    const { id } = await rig.run();

    await eventually('the agent drops it', () =>
      Promise.resolve(rig.script.forgotten.has(id) || undefined),
    );
  });

  it('is answered at once when the caller does not wait', async () => {
    const command = await rig.run({}, '');

    expect(['queued', 'starting', 'running']).toContain(command.status);
    expect(command.outcome).toBeNull();
  });

  it('is answered unfinished when the wait is over', async () => {
    const { id } = await rig.run({}, '');
    await eventually('it runs', async () =>
      (await rig.get(id)).status === 'running' ? true : undefined,
    );

    const waitedFor = [await rig.get(id, '?wait=1'), await rig.run({}, '?wait=1')];

    expect(waitedFor[0]?.status).toBe('running');
    expect(waitedFor.map(({ outcome }) => outcome)).toEqual([null, null]);
  });

  it('is sent whole', async () => {
    rig.endAtOnce();
    const stdin = randomBytes(1000);

    await rig.run({
      args: ['a b', '$(x)', ''],
      cwd: '/tmp',
      env: { A: 'b' },
      stdin: stdin.toString('base64'),
      stdin_encoding: 'base64',
      user: 'nobody',
      timeout_seconds: 7,
      limits: { tasks_max: 5 },
    });

    expect(lastParams()).toMatchObject({
      command: 'true',
      args: ['a b', '$(x)', ''],
      cwd: '/tmp',
      env: { A: 'b' },
      stdin: stdin.toString('base64'),
      user: 'nobody',
      timeout: 7,
      limits: { tasks_max: 5, output_bytes: 64 * 1024 * 1024 },
    });
  });

  it('may be a script, which travels as such', async () => {
    rig.endAtOnce();
    const body = 'echo "$1"\n';

    const { id } = await rig.run({
      command: undefined,
      script: { interpreter: 'sh', body },
      args: ['x'],
    });

    expect(lastParams()).toMatchObject({
      command: 'sh',
      args: ['x'],
      script: Buffer.from(body).toString('base64'),
    });
    expect(await rig.get(id)).toMatchObject({
      script: body,
      request: { script_bytes: body.length },
    });
  });

  it.each([
    ['neither command nor script', { command: undefined }],
    ['both', { script: { interpreter: 'sh', body: 'x' } }],
    ['a relative directory', { cwd: 'tmp' }],
    ['a NUL in an argument', { args: ['a\0b'] }],
    ['a lone surrogate', { args: ['\ud800'] }],
    ['an unknown field', { sudo: true }],
    ['an unknown interpreter', { command: undefined, script: { interpreter: 'perl', body: 'x' } }],
    ['stdin that is not base64', { stdin: '???', stdin_encoding: 'base64' }],
  ])('is refused: %s', async (_name, body) => {
    expect((await rig.start(body)).status).toBe(400);
  });

  it('is refused when no agent would take it', async () => {
    const args = Array.from({ length: 4 }, () => 'x'.repeat(120_000));
    const script = { interpreter: 'python3', body: '#'.repeat(500_000) };

    const response = await rig.start({ command: undefined, script, args });

    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ name: 'command_too_large' });
  });

  function lastParams(): unknown {
    const calls = rig.agent.requests.filter(({ rpc }) => rpc.method === 'execute_command');
    return calls.at(-1)?.rpc.params;
  }
});

describe('an idempotency key', () => {
  const key = (value: string): object => ({ 'idempotency-key': value });

  it('gives the same command for the same request, however many ask at once', async () => {
    rig.endAtOnce();
    const secret = { env: { A: 'secret' }, stdin: 'in' };

    const responses = await Promise.all(
      Array.from({ length: 20 }, () => rig.start(secret, '?wait=20', key('once'))),
    );

    const commands = (await Promise.all(responses.map((r) => r.json()))) as CommandDescription[];
    expect(new Set(commands.map(({ id }) => id)).size).toBe(1);
    expect([...rig.script.starts.values()]).toEqual([1]);
  });

  it('is refused for another request', async () => {
    rig.endAtOnce();
    await rig.start({ env: { A: '1' } }, '', key('other'));

    const response = await rig.start({ env: { A: '2' } }, '', key('other'));

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ name: 'idempotency_key_reused' });
  });

  it('is refused when it is none', async () => {
    expect((await rig.start({}, '', key('a b'))).status).toBe(400);
  });
});

describe('output', () => {
  it('is the same bytes, to the last one', async () => {
    const bytes = randomBytes(3 * 1024 * 1024 + 17);
    rig.endAtOnce(bytes, 'warning');

    const { id, stdout_bytes: size } = await rig.run();

    expect(size).toBe(bytes.length);
    const out = await rig.api.raw(`/api/v1/commands/${id}/output?stream=stdout`);
    expect(out.headers.get('content-type')).toBe('application/octet-stream');
    expect(out.headers.get('x-next-offset')).toBe(String(bytes.length));
    expect(out.headers.get('x-stream-final')).toBe('true');
    expect(sha256(Buffer.from(await out.arrayBuffer()))).toBe(sha256(bytes));
    const err = await rig.api.raw(`/api/v1/commands/${id}/output?stream=stderr`);
    expect(await err.text()).toBe('warning');
  });

  it('is read from any offset, any number of bytes', async () => {
    const bytes = randomBytes(600_000);
    rig.endAtOnce(bytes);
    const { id } = await rig.run();

    const part = await rig.api.raw(
      `/api/v1/commands/${id}/output?stream=stdout&offset=262143&max_bytes=262146`,
    );

    expect(part.headers.get('x-next-offset')).toBe('524289');
    expect(part.headers.get('content-length')).toBe('262146');
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(262143, 524289));
    const behind = await rig.api.raw(`/api/v1/commands/${id}/output?stream=stdout&offset=600001`);
    expect(behind.status).toBe(416);
  });

  it('declares gaps and skips them', async () => {
    rig.script.onStart = (command) => {
      const { command_id: id } = command.params;
      command.gaps = [{ log_type: 'stdout', from: 4, to: 8 }];
      rig.script.write(id, 'stdout', 'head....tail');
      rig.script.end(id);
    };

    const { id, gaps } = await rig.run();

    expect(gaps).toEqual([{ stream: 'stdout', from: 4, to: 8 }]);
    const out = await rig.api.raw(`/api/v1/commands/${id}/output?stream=stdout`);
    expect(out.headers.get('x-gaps')).toBe('4-8');
    expect(out.headers.get('x-next-offset')).toBe('12');
    expect(await out.text()).toBe('headtail');
  });

  it('is followed while it is written, until the end', async () => {
    const { id } = await rig.run({}, '');
    await eventually('it runs', async () =>
      (await rig.get(id)).status === 'running' ? true : undefined,
    );
    rig.script.write(id, 'stdout', 'one ');

    const response = await rig.api.raw(`/api/v1/commands/${id}/output?stream=stdout&follow=true`);
    const seen: string[] = [];
    for await (const chunk of response.body ?? []) {
      seen.push(Buffer.from(chunk as Uint8Array).toString());
      if (seen.length === 1) rig.script.write(id, 'stdout', 'two ');
      if (seen.length === 2) {
        rig.script.write(id, 'stdout', 'three');
        rig.script.end(id);
      }
    }

    expect(seen.join('')).toBe('one two three');
    expect(response.headers.get('x-stream-final')).toBe('false');
  });

  it('is not believed when it does not fit together', async () => {
    rig.endAtOnce('abcdef');
    rig.script.mangle = (log) => ({
      ...log,
      chunks: log.chunks.map((chunk) => ({ ...chunk, offset: chunk.offset + 1 })),
    });

    const command = await rig.run();

    expect(command.outcome).toBe('lost');
    expect(command.reason).toContain('does not fit together');
  });
});

describe('lists', () => {
  it('filters and pages', async () => {
    rig.endAtOnce();
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.push((await rig.run()).id);

    const first = await page(`server_id=${rig.serverId}&limit=3`);
    const second = await page(
      `server_id=${rig.serverId}&limit=3&cursor=${first.next_cursor ?? ''}`,
    );

    const seen = [...first.items, ...second.items].map(({ id }) => id);
    expect(seen).toEqual(ids.toReversed());
    expect(second.next_cursor).toBeNull();
    expect((await page(`server_id=${rig.serverId}&outcome=failed`)).items).toEqual([]);
    expect(
      (await page(`server_id=${rig.serverId}&status=finished&outcome=succeeded&outcome=lost`))
        .items,
    ).toHaveLength(5);
    expect((await page(`server_id=${rig.serverId}&from=2100-01-01T00:00:00Z`)).items).toEqual([]);
  });

  function page(query: string): Promise<CommandPage> {
    return rig.api.get<CommandPage>(`/api/v1/commands?${query}`);
  }
});

describe('secrets', () => {
  it('are sealed in the database and shown nowhere', async () => {
    rig.endAtOnce();
    const canary = `canary-${randomBytes(8).toString('hex')}`;

    const { id } = await rig.run({ env: { TOKEN: canary }, stdin: `${canary}-stdin` });

    const shown = JSON.stringify([await rig.get(id), await rig.api.get('/api/v1/commands')]);
    expect(shown).not.toContain(canary);
    expect(shown).toContain('TOKEN');
    for (const table of ['commands', 'command_inputs', 'audit_events']) {
      const rows = await rig.manager.dataSource.query<{ row: string }[]>(
        `SELECT t::text AS row FROM ${table} t`,
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.map(({ row }) => row).join('\n')).not.toContain(canary);
      expect(rows.map(({ row }) => row).join('\n')).not.toContain(
        Buffer.from(canary).toString('hex'),
      );
    }
  });
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
