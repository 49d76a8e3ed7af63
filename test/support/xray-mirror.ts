import { createReadStream, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestXrayRelease } from './xray-release.ts';

/** A mirror of Xray's releases, laid out as on GitHub: `/v<version>/<file>`. */
export interface XrayMirror {
  /** For `xray.mirror_url`. */
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly requests: readonly string[];
  /** Digest that is pinned for a mistaken version; nothing has it. */
  readonly mistakenSha256: string;
  /**
   * Writes a file for `xray.releases_file` that pins the digests of what is served here, and a version whose
   * digest is not that of the first release, which stands at its address.
   */
  writeReleasesFile(file: string, options?: { readonly mistaken?: string }): void;
  close(): Promise<void>;
}

const MISTAKEN_SHA256 = '0123456789abcdef'.repeat(4);

/** Serves releases on an address of this machine; the lab's hosts reach it by their gateway. */
export async function startXrayMirror(
  releases: readonly TestXrayRelease[],
  host = '127.0.0.1',
): Promise<XrayMirror> {
  const requests: string[] = [];
  const files = new Map(releases.map((each) => [`/v${each.version}/${each.file}`, each]));
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(files, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${host}:${port}`;
  return {
    url,
    requests,
    mistakenSha256: MISTAKEN_SHA256,
    writeReleasesFile: (file, { mistaken } = {}) => {
      const entries = releases.map((release) => entryOf(url, release));
      const [first] = entries;
      if (mistaken !== undefined && first !== undefined) {
        entries.push({ ...first, version: mistaken, sha256: MISTAKEN_SHA256 });
      }
      writeFileSync(file, `${JSON.stringify({ releases: entries }, null, 2)}\n`);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function answer(
  files: ReadonlyMap<string, TestXrayRelease>,
  { url = '', method }: IncomingMessage,
  response: ServerResponse,
): void {
  const release = files.get(url);
  if (release === undefined || method !== 'GET') {
    response.writeHead(404).end('not found\n');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/zip', 'content-length': release.size });
  createReadStream(release.zip).pipe(response);
}

function entryOf(
  url: string,
  { version, arch, file, sha256, size }: TestXrayRelease,
): Readonly<Record<'version' | 'arch' | 'file' | 'sha256' | 'url' | 'source', string>> & {
  readonly size: number;
} {
  const from = { url: `${url}/v${version}/${file}`, source: 'built for tests' };
  return { version, arch, file, sha256, size, ...from };
}
