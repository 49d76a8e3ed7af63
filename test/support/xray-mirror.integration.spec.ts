import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { releaseUrl, XrayReleaseLock } from '../../backend/src/kinds/xray/release-lock.js';
import { startXrayMirror } from './xray-mirror.ts';
import type { XrayMirror } from './xray-mirror.ts';
import { testXrayRelease } from './xray-release.ts';
import type { TestXrayRelease } from './xray-release.ts';

/** The first build of Xray on a machine takes minutes. */
jest.setTimeout(1_200_000);

let folder: string;
let release: TestXrayRelease;
let mirror: XrayMirror;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'myx-mirror-spec-'));
  release = await testXrayRelease();
  mirror = await startXrayMirror([release]);
});

afterAll(async () => {
  await mirror.close();
  await rm(folder, { recursive: true });
});

describe('the mirror of test releases', () => {
  it('serves what its releases file pins, under the addresses of the lock', async () => {
    const file = path.join(folder, 'releases.json');
    mirror.writeReleasesFile(file);
    const pinned = (await XrayReleaseLock.load(file)).find(release.version, release.arch);

    const answer = await fetch(releaseUrl(pinned, mirror.url));
    const bytes = Buffer.from(await answer.arrayBuffer());

    expect(pinned.url).toBe(releaseUrl(pinned, mirror.url));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(pinned.sha256);
    expect(bytes).toHaveLength(pinned.size ?? 0);
    expect(mirror.requests).toEqual([`/v${release.version}/${release.file}`]);
  });

  it('serves nothing else', async () => {
    const answers = await Promise.all(
      ['/', '/v1.0.0/Xray-linux-64.zip', '/../etc/passwd'].map((each) =>
        fetch(`${mirror.url}${each}`),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('has archives that other programs read, with the program executable', async () => {
    const script = path.join(folder, 'list.py');
    await writeFile(
      script,
      'import json, sys, zipfile\n' +
        'with zipfile.ZipFile(sys.argv[1]) as z:\n' +
        '    assert z.testzip() is None\n' +
        '    print(json.dumps({i.filename: oct(i.external_attr >> 16) for i in z.infolist()}))\n',
    );

    const { stdout, stderr } = spawnSync('python3', [script, release.zip], { encoding: 'utf8' });

    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ xray: '0o100755', 'geoip.dat': '0o100644', 'geosite.dat': '0o100644' },
      ...{ LICENSE: '0o100644', 'README.md': '0o100644' },
    });
  });
});
