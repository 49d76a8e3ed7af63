import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AGENT_RUNTIMES,
  agentCommand,
  AgentProcess,
  execute,
} from '../../test/support/agent-process.ts';
import { freePort } from '../../test/support/free-ports.ts';

describe.each(AGENT_RUNTIMES)('the program on %s', (runtime) => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'myx-main-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const run = (...args: string[]) =>
    execute([...agentCommand(runtime, directory), ...args], directory);

  async function writeConfig(changes: Record<string, unknown> = {}): Promise<void> {
    const config = {
      agent_token_sha256: 'a'.repeat(64),
      secret_key: 'b'.repeat(43),
      rpc_port: await freePort(),
      rpc_path: 'c'.repeat(20),
      ca: '-----BEGIN CERTIFICATE-----\n',
      ...changes,
    };
    writeFileSync(path.join(directory, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  }

  it('makes a key and a certificate once', async () => {
    const first = JSON.parse((await run('--make-certificate')).stdout) as unknown;
    const second = JSON.parse((await run('--make-certificate')).stdout) as unknown;
    const certificate = new X509Certificate(readFileSync(path.join(directory, 'ssl/agent.crt')));
    const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();

    expect(first).toEqual({ fingerprint, made: true });
    expect(second).toEqual({ fingerprint, made: false });
    expect(JSON.parse((await run('--print-fingerprint')).stdout)).toEqual({ fingerprint });
    expect(statSync(path.join(directory, 'ssl/agent.key')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(directory, 'ssl')).mode & 0o777).toBe(0o700);
    expect(readFileSync(path.join(directory, 'ssl/agent.key'), 'utf8')).toContain('PRIVATE KEY');
  });

  it('makes a new pair where the old one does not fit', async () => {
    await run('--make-certificate');
    writeFileSync(path.join(directory, 'ssl/agent.crt'), 'damaged');

    await expect(run('--print-fingerprint')).rejects.toMatchObject({ code: 78 });
    expect(JSON.parse((await run('--make-certificate')).stdout)).toMatchObject({ made: true });
  });

  it('tells its versions', async () => {
    expect(JSON.parse((await run('--version')).stdout)).toMatchObject({
      version: '0.1.0',
      protocol_version: 1,
      runtime: { name: runtime },
    });
  });

  it('ends with a clear error and status 78 without a good configuration', async () => {
    await run('--make-certificate');

    await expect(run()).rejects.toMatchObject({
      code: 78,
      stderr: expect.stringContaining('does not exist'),
    });
    await writeConfig({ rpc_port: undefined });
    await expect(run()).rejects.toMatchObject({
      code: 78,
      stderr: expect.stringContaining('rpc_port'),
    });
    await writeConfig();
    chmodSync(path.join(directory, 'config.json'), 0o644);
    await expect(run()).rejects.toMatchObject({
      code: 78,
      stderr: expect.stringContaining('0600'),
    });
  });

  it('ends without a certificate, and with status 64 on a wrong command line', async () => {
    await writeConfig();

    await expect(run()).rejects.toMatchObject({
      code: 78,
      stderr: expect.stringContaining('agent.key'),
    });
    await expect(run('--listen')).rejects.toMatchObject({ code: 64 });
  });

  it('tests itself and names what is wrong', async () => {
    await writeConfig();

    const failure: unknown = await run('--self-test').catch((error: unknown) => error);
    const { stdout } = failure as { stdout: string };
    const { ok, checks } = JSON.parse(stdout) as {
      ok: boolean;
      checks: { name: string; ok: boolean }[];
    };
    expect(ok).toBe(false);
    expect(checks.filter((check) => check.ok).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['configuration', 'state directory']),
    );
    expect(checks.find(({ name }) => name === 'certificate')?.ok).toBe(false);
  });

  it('takes no instructions from files of its working directory', async () => {
    const trap = (file: string): string => `require('node:fs').writeFileSync('${file}', '')`;
    const traps = ['preload', 'env'].map((name) => path.join(directory, `sprung-${name}`));
    const [preload = '', environment = ''] = traps;
    writeFileSync(path.join(directory, 'trap.cjs'), trap(preload));
    writeFileSync(path.join(directory, 'env-trap.cjs'), trap(environment));
    const agent = await AgentProcess.start({
      runtime,
      workingFiles: {
        'bunfig.toml': `preload = ["${path.join(directory, 'trap.cjs')}"]\n`,
        '.env': `NODE_OPTIONS=--require=${path.join(directory, 'env-trap.cjs')}\nBUN_OPTIONS=--preload=${path.join(directory, 'env-trap.cjs')}\n`,
      },
    });
    await agent.stop();

    expect(traps.map((file) => existsSync(file))).toEqual([false, false]);
  }, 60_000);

  it('serves only addresses it was told to', async () => {
    const agent = await AgentProcess.start({ runtime, config: { allowed_ips: ['192.0.2.0/24'] } });

    await expect(agent.caller.call('health_check', {})).rejects.toThrow();
    await agent.stop();
    const other = await AgentProcess.start({ runtime, config: { allowed_ips: ['127.0.0.0/8'] } });
    expect(await other.caller.call('health_check', {})).toMatchObject({ status: 'ok' });
    await other.stop();
  }, 60_000);
});
