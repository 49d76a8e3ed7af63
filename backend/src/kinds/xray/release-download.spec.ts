import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DownloadCache } from './release-download.js';
import type { DownloadContext, WantedFile } from './release-download.js';

const CONTENT = randomBytes(200_000);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

let directory: string;
let server: Server;
let answer: RequestListener;
let requests: number;
let url: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'myx-download-'));
  requests = 0;
  answer = (_request, response) => response.end(CONTENT);
  server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1/Xray.zip`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true, force: true });
});

function wanted(changes: Partial<WantedFile> = {}): WantedFile {
  return { url, sha256: SHA256, maxBytes: 1_000_000, ...changes };
}

function get(file: WantedFile, changes: Partial<DownloadContext> = {}): Promise<string> {
  const context = {
    signal: new AbortController().signal,
    log: () => undefined,
    progress: () => undefined,
    ...changes,
  };
  return new DownloadCache(directory).file(file, context);
}

describe('DownloadCache', () => {
  it('downloads a file once, and tells how far it is', async () => {
    const seen: number[] = [];
    const file = await get(wanted(), { progress: ({ done }) => seen.push(done) });
    const again = await get(wanted());

    expect(await readFile(file)).toEqual(CONTENT);
    expect(again).toBe(file);
    expect(requests).toBe(1);
    expect(seen.at(-1)).toBe(CONTENT.length);
  });

  it('downloads anew what was damaged', async () => {
    const file = await get(wanted());
    await writeFile(file, 'damaged');

    await get(wanted());

    expect(await readFile(file)).toEqual(CONTENT);
    expect(requests).toBe(2);
  });

  it.each([
    ['another digest', 'digest_mismatch', () => wanted({ sha256: 'a'.repeat(64) }), undefined],
    ['more bytes than pinned', 'download_refused', () => wanted({ maxBytes: 1000 }), undefined],
    ['an error', 'download_refused', wanted, { status: 404 }],
    ['a redirect without TLS', 'download_refused', wanted, { status: 302, location: '/elsewhere' }],
    ['no server', 'download_failed', () => wanted({ url: 'http://127.0.0.1:1/x.zip' }), undefined],
  ] as const)('refuses %s and keeps nothing', async (_what, code, file, reply) => {
    if (reply) {
      answer = (_request, response) =>
        response
          .writeHead(reply.status, 'location' in reply ? { location: reply.location } : {})
          .end();
    }

    await expect(get(file())).rejects.toMatchObject({ layer: 'download', code });
    expect(await readdir(directory)).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const stopping = new AbortController();
    answer = (_request, response) => {
      response.write(CONTENT.subarray(0, 1000));
      stopping.abort(new Error('cancelled'));
    };

    await expect(get(wanted(), { signal: stopping.signal })).rejects.toThrow('cancelled');
    expect(await readdir(directory)).toEqual([]);
  });
});
