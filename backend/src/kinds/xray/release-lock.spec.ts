import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { releaseUrl, XRAY_ARCHITECTURES, XrayReleaseLock } from './release-lock.js';
import { DEFAULT_XRAY_VERSION } from './xray-config.schema.js';

const OWN = {
  version: '26.2.4',
  arch: 'x64',
  file: 'Xray-linux-64.zip',
  url: 'https://mirror.example.com/v26.2.4/Xray-linux-64.zip',
  sha256: 'ab'.repeat(32),
  source: 'built here',
} as const;

describe('XrayReleaseLock', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'myx-lock-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it.each(XRAY_ARCHITECTURES)('pins the default version for %s', (arch) => {
    const release = XrayReleaseLock.shipped().find(DEFAULT_XRAY_VERSION, arch);

    expect(release.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(release.url).toBe(
      `https://github.com/XTLS/Xray-core/releases/download/v${release.version}/${release.file}`,
    );
  });

  it('has no two entries with one digest', () => {
    const digests = XrayReleaseLock.shipped()
      .list()
      .map(({ sha256 }) => sha256);

    expect(new Set(digests).size).toBe(digests.length);
  });

  it('refuses a version that nobody pinned, and says which are', () => {
    const lock = XrayReleaseLock.shipped();

    expect(() => lock.find('26.9.9', 'x64')).toThrow(/Pinned are: 26\.7\.28, 26\.3\.27/);
  });

  it("adds an administrator's entries and replaces those of the same release", async () => {
    const file = path.join(folder, 'releases.json');
    const other = { ...OWN, version: DEFAULT_XRAY_VERSION };
    await writeFile(file, JSON.stringify({ releases: [OWN, other] }));

    const lock = await XrayReleaseLock.load(file);

    expect(lock.find('26.2.4', 'x64')).toEqual(OWN);
    expect(lock.find(DEFAULT_XRAY_VERSION, 'x64').sha256).toBe(OWN.sha256);
    expect(lock.versions('x64')).toEqual(['26.7.28', '26.3.27', '26.2.4']);
    expect(lock.find(DEFAULT_XRAY_VERSION, 'arm64').sha256).not.toBe(OWN.sha256);
  });

  it.each([
    ['is missing', undefined],
    ['is no JSON', '{'],
    ['has a digest of the wrong length', JSON.stringify({ releases: [{ ...OWN, sha256: 'ab' }] })],
    ['names a file outside', JSON.stringify({ releases: [{ ...OWN, file: '../x.zip' }] })],
  ])('refuses a file that %s', async (_what, text) => {
    const file = path.join(folder, 'releases.json');
    if (text !== undefined) await writeFile(file, text);

    await expect(XrayReleaseLock.load(file)).rejects.toThrow(`${file} cannot be used`);
  });
});

describe('releaseUrl', () => {
  it('is the release’s own without a mirror', () => {
    expect(releaseUrl(OWN, undefined)).toBe(OWN.url);
  });

  it.each(['https://files.example.com/xray', 'https://files.example.com/xray/'])(
    'keeps the layout below the mirror %s',
    (mirror) => {
      expect(releaseUrl(OWN, mirror)).toBe(
        'https://files.example.com/xray/v26.2.4/Xray-linux-64.zip',
      );
    },
  );
});
