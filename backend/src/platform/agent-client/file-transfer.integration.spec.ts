import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { AgentProcess } from '../../../../test/support/agent-process.ts';
import { TlsAgents } from '../../../../test/support/tls-agents.ts';
import { Secret } from '../crypto/secret.js';
import { UndiciAgentClient } from './undici-agent-client.js';

/** A busy machine starts an agent slowly. */
jest.setTimeout(60_000);

describe('files over a real agent', () => {
  let agent: AgentProcess;
  let client: UndiciAgentClient;
  let uploads: string;
  let own: string;

  beforeAll(async () => {
    own = await mkdtemp(path.join(tmpdir(), 'myx-files-'));
    agent = await AgentProcess.start();
    uploads = path.join(agent.directory, 'state/uploads');
    const { host, rpcPort, rpcPath, token, secretKey, certificate: pem } = agent.identity;
    client = new UndiciAgentClient({
      endpoint: {
        host,
        port: rpcPort,
        path: rpcPath,
        token: new Secret(token),
        secretKey: new Secret(secretKey),
        certificate: { pem, fingerprint: new X509Certificate(pem).fingerprint256 },
      },
      clientCertificate: {
        certificate: agent.credentials.certificate,
        key: new Secret(agent.credentials.key),
      },
      connectTimeoutMs: 10_000,
      timeoutMs: 20_000,
      retry: { retries: 1, baseMs: 5 },
      logger: pino({ level: 'silent' }),
    });
  });

  afterAll(async () => {
    await client.close();
    await agent.stop();
    await rm(own, { recursive: true });
  });

  it('writes bytes and reads them back', async () => {
    const bytes = randomBytes(300_000);
    const file = path.join(uploads, 'deep/er/one');

    await client.putFile({ path: file, mode: '0600', source: bytes });

    expect((await readFile(file)).equals(bytes)).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await client.getFile(file))?.equals(bytes)).toBe(true);
  });

  it('writes and reads an empty file', async () => {
    const file = path.join(uploads, 'empty');

    await client.putFile({ path: file, mode: '0644', source: Buffer.alloc(0) });

    expect(await client.getFile(file)).toEqual(Buffer.alloc(0));
  });

  it('streams a file of the manager, and tells how far it is', async () => {
    const source = path.join(own, 'large');
    const bytes = randomBytes(5 * 1024 * 1024);
    await writeFile(source, bytes);
    const file = path.join(uploads, 'large');
    const told: [number, number][] = [];

    await client.putFile(
      { path: file, mode: '0755', source: { file: source } },
      { onProgress: (sent, total) => void told.push([sent, total]) },
    );

    const digest = createHash('sha256').update(await readFile(file));
    expect(digest.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(told.at(-1)).toEqual([bytes.length, bytes.length]);
    expect(told.length).toBeGreaterThan(10);
  });

  it('says that there is no file, rather than failing', async () => {
    expect(await client.getFile(path.join(uploads, 'none'))).toBeNull();
  });

  it('names what the agent refuses', async () => {
    await mkdir(path.join(uploads, 'real'), { recursive: true });
    await symlink('/etc', path.join(uploads, 'link'));
    const put = (file: string): Promise<void> =>
      client.putFile({ path: file, mode: '0600', source: Buffer.from('x') });

    for (const file of ['/etc/passwd', `${uploads}/link/x`, `${uploads}/../config.json`]) {
      await expect(put(file)).rejects.toMatchObject({ layer: 'rpc', code: 'file_refused' });
    }
    await expect(put(path.join(uploads, 'real'))).rejects.toMatchObject({ name: 'AgentCallError' });
    await expect(client.getFile('/etc/passwd')).rejects.toMatchObject({ code: 'file_refused' });
  });

  it('holds no more of a file than it was told to', async () => {
    const file = path.join(uploads, 'bounded');
    await client.putFile({ path: file, mode: '0600', source: randomBytes(10_000) });

    await expect(client.getFile(file, { maxBytes: 5_000 })).rejects.toMatchObject({
      code: 'response_too_large',
    });
  });

  it('fails cleanly when the file of the manager shrinks on the way', async () => {
    const source = path.join(own, 'shrinking');
    await writeFile(source, randomBytes(2 * 1024 * 1024));
    const file = path.join(uploads, 'shrinking');
    const shrinking: Promise<void>[] = [];

    const sending = client.putFile(
      { path: file, mode: '0600', source: { file: source } },
      { retries: 0, onProgress: () => void shrinking.push(writeFile(source, 'short')) },
    );

    // It was read whole before it shrank, or it fails: half a file is never written.
    const isSent = await sending.then(
      () => true,
      () => false,
    );
    await Promise.all(shrinking);
    expect((await client.getFile(file))?.length ?? null).toBe(isSent ? 2 * 1024 * 1024 : null);
  });
});

describe('files over a link that breaks', () => {
  const agents = new TlsAgents();

  afterEach(() => agents.close());

  it('sends the whole file again', async () => {
    // The agent of this test parses every body as a call.
    const text = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'x',
      params: { text: 'y'.repeat(200_000) },
    });
    let attempts = 0;
    const { port, requests } = await agents.start(({ request }, response) => {
      attempts += 1;
      if (attempts === 1) response.writeHead(503).end();
      else if (attempts === 2) request.socket.destroy();
      else response.end('{}');
    });

    await agents
      .client(port)
      .putFile({ path: '/opt/myx-deployment-tool/x', mode: '0644', source: Buffer.from(text) });

    expect(requests).toHaveLength(3);
    const { searchParams } = new URL(requests[2]?.request.url ?? '', 'https://agent');
    expect(Object.fromEntries(searchParams)).toEqual({
      path: '/opt/myx-deployment-tool/x',
      mode: '0644',
      size: String(text.length),
      sha256: createHash('sha256').update(text).digest('hex'),
    });
  });

  it('takes the 404 of the gate for a refusal, not for a file that is not there', async () => {
    const { port } = await agents.start((_received, response) => {
      response.writeHead(404).end('{"error":"not found"}');
    });

    await expect(agents.client(port).getFile('/opt/x')).rejects.toMatchObject({ layer: 'token' });
  });
});
