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
  /** Writes a file for `xray.releases_file` that pins the digests of what is served here. */
  writeReleasesFile(file: string): void;
  close(): Promise<void>;
}

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
    writeReleasesFile: (file) => {
      writeFileSync(file, releasesFile(url, releases));
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

function releasesFile(url: string, releases: readonly TestXrayRelease[]): string {
  const entries = releases.map(({ version, arch, file, sha256, size }) => ({
    ...{ version, arch, file, sha256, size },
    url: `${url}/v${version}/${file}`,
    source: 'built for tests',
  }));
  return `${JSON.stringify({ releases: entries }, null, 2)}\n`;
}
