import { describe, expect, it } from '@jest/globals';
import { checkedState } from './deployment-checks.js';
import type { Manifest } from './deployment.entity.js';
import { differencesOf, isDown, lookAt } from './host-look.js';
import type { Look } from './host-look.js';

const manifest: Manifest = {
  files: [{ path: '/etc/x', sha256: 'aa', mode: '0640', owner: 'root', group: 'x' }],
  unit: 'x.service',
  unitEnabled: true,
  versionCommand: ['x', '--version'],
  versionOutput: '1.0',
};

const asDeployed: Look = {
  files: new Map([['/etc/x', { sha256: 'aa', mode: '0640', owner: 'root', group: 'x' }]]),
  unit: { exists: true, state: 'active', enabled: true },
  versionOutput: '1.0',
};

function seen(changes: Partial<Look>): readonly string[] {
  return differencesOf(manifest, { ...asDeployed, ...changes }).map(({ message }) => message);
}

function seenFile(changes: object): readonly string[] {
  const file = { ...asDeployed.files.get('/etc/x')!, ...changes };
  return seen({ files: new Map([['/etc/x', file]]) });
}

describe('comparing a server with what was deployed', () => {
  it('finds nothing where nothing changed', () => {
    expect(seen({})).toEqual([]);
  });

  it('names what became of a file', () => {
    expect(seen({ files: new Map([['/etc/x', null]]) })).toEqual(['is gone']);
    expect(seenFile({ sha256: 'bb' })).toEqual(['was changed']);
    expect(seenFile({ mode: '0644' })).toEqual(['has the mode 0644 instead of 0640']);
    expect(seenFile({ owner: 'y' })).toEqual(['belongs to y:x instead of root:x']);
  });

  it('names what became of the unit and of the program', () => {
    expect(seen({ unit: { exists: true, state: 'failed', enabled: true } })).toEqual(['is failed']);
    expect(seen({ unit: { exists: true, state: 'reloading', enabled: true } })).toEqual([]);
    expect(seen({ unit: { exists: true, state: 'active', enabled: false } })).toEqual([
      'does not start with the server any more',
    ]);
    expect(seen({ versionOutput: '1.1' })).toEqual(['tells 1.1 instead of 1.0']);
  });

  it('calls a service that is down degraded, and one that was changed drifted', () => {
    const down = { ...asDeployed, unit: { exists: true, state: 'failed', enabled: true } };
    const changed = differencesOf(manifest, { ...asDeployed, versionOutput: '2' });

    expect(isDown(manifest, down)).toBe(true);
    expect(checkedState('healthy', differencesOf(manifest, down), true)).toBe('degraded');
    expect(checkedState('healthy', changed, false)).toBe('drifted');
    expect(checkedState('drifted', [], false)).toBe('healthy');
    expect(checkedState('rolled_back', [], false)).toBe('rolled_back');
  });

  it('reads what the server prints', async () => {
    const answers = [
      'LoadState=loaded ActiveState=active UnitFileState=enabled \naa 640 root x\nabsent\nlink\n',
      '1.0\n',
    ];
    const host = {
      run: () =>
        Promise.resolve({
          exitCode: 0,
          stdout: Buffer.from(answers.shift() ?? ''),
          stderr: Buffer.alloc(0),
        }),
    };
    const context = { signal: new AbortController().signal, log: () => undefined };

    const look = await lookAt(context, host, {
      paths: ['/etc/x', '/gone', '/link'],
      unit: 'x.service',
      versionCommand: ['x'],
    });

    expect(differencesOf(manifest, look)).toEqual([]);
    expect(look.files.get('/gone')).toBeNull();
    expect(look.files.get('/link')).toMatchObject({ sha256: 'link' });
  });
});
