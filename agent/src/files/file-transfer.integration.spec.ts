import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AGENT_RUNTIMES, AgentProcess } from '../../../test/support/agent-process.ts';
import type { RawAnswer } from '../../../test/support/agent-caller.ts';

describe.each(AGENT_RUNTIMES)('file transfer on %s', (runtime) => {
  let agent: AgentProcess;
  let root: string;

  beforeAll(async () => {
    agent = await AgentProcess.start({ runtime });
    root = path.join(agent.directory, 'tool');
    mkdirSync(root);
  }, 60_000);

  afterAll(async () => {
    await agent.stop();
  });

  function put(file: string, body: Buffer, query: Record<string, string> = {}): Promise<RawAnswer> {
    const sha256 = createHash('sha256').update(body).digest('hex');
    const size = String(body.length);
    const target = agent.caller.pathOf('files', {
      path: file,
      sha256,
      size,
      mode: '0644',
      ...query,
    });
    return agent.caller.request({ method: 'PUT', path: target, body });
  }

  function get(file: string): Promise<RawAnswer> {
    return agent.caller.request({
      method: 'GET',
      path: agent.caller.pathOf('files', { path: file }),
    });
  }

  it('writes a file whole, with its mode, and reads it back', async () => {
    const file = path.join(root, 'deep/down/tool.bin');
    const content = randomBytes(3_000_000);

    expect((await put(file, content, { mode: '0755' })).status).toBe(200);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o755);
    expect((await get(file)).body.equals(content)).toBe(true);
    expect(readdirSync(path.dirname(file))).toEqual(['tool.bin']);
  });

  it('writes and reads an empty file', async () => {
    const file = path.join(root, 'empty');

    expect((await put(file, Buffer.alloc(0))).status).toBe(200);
    expect((await get(file)).body).toHaveLength(0);
  });

  it('keeps what was there when the content is not what was announced', async () => {
    const file = path.join(root, 'kept');
    await put(file, Buffer.from('old'));

    expect((await put(file, Buffer.from('longer'), { size: '3' })).status).toBe(422);
    expect((await put(file, Buffer.from('new'), { size: '9' })).status).toBe(422);
    expect((await put(file, Buffer.from('new'), { sha256: 'a'.repeat(64) })).status).toBe(400);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(root).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('reads and writes nowhere else, and through no symbolic link', async () => {
    const outside = path.join(agent.directory, 'outside');
    writeFileSync(outside, 'secret');
    symlinkSync(outside, path.join(root, 'link'));
    symlinkSync(agent.directory, path.join(root, 'directory'));
    const content = Buffer.from('x');

    expect((await put(outside, content)).status).toBe(403);
    expect((await put(path.join(root, 'directory/outside'), content)).status).toBe(403);
    expect((await put(path.join(root, 'link'), content)).status).toBe(200);
    expect(readFileSync(outside, 'utf8')).toBe('secret');
    symlinkSync(outside, path.join(root, 'link2'));
    expect((await get(path.join(root, 'link2'))).status).toBe(403);
    expect((await get(path.join(root, 'directory/outside'))).status).toBe(403);
    expect((await get(`${root}/../outside`)).status).toBe(403);
    expect((await get(root + '/missing')).status).toBe(404);
    expect(existsSync(path.join(agent.directory, 'x'))).toBe(false);
  });
});
