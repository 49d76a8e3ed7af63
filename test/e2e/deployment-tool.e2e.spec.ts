import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Header } from 'tar';
import { packFiles } from '../../backend/src/deployment-tool/tool-archive.ts';
import { UPDATE_TREE } from '../../backend/src/deployment-tool/tool-scripts.ts';
import { readTree } from '../../backend/src/deployment-tool/tool-tree.ts';
import type { ToolFile, ToolTree } from '../../backend/src/deployment-tool/tool-tree.ts';
import { sha256Hex } from '../../backend/src/platform/crypto/index.ts';
import type { LabHost } from '../lab/index.ts';
import { Fleet } from '../support/fleet.ts';
import type { OperationAnswer } from '../support/fleet.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const TOOL = '/opt/myx-deployment-tool';
const UPLOADS = '/var/lib/myx-agent/uploads/deployment-tool';

type HeaderData = NonNullable<Exclude<ConstructorParameters<typeof Header>[0], Buffer>>;

describe('the deployment tool on a server', () => {
  let fleet: Fleet;
  let host: LabHost;
  let serverId: string;
  let tree: ToolTree;

  beforeAll(async () => {
    fleet = await Fleet.open({ hosts: [{ ansible: true }, {}] });
    host = fleet.lab.host(1);
    serverId = await fleet.addServer(1);
    tree = await readTree([
      { directory: path.join(REPOSITORY, 'deployment-tool'), target: '' },
      { directory: path.join(REPOSITORY, 'playbooks'), target: 'playbooks' },
    ]);
  }, 600_000);

  afterAll(async () => {
    await fleet.close();
  }, 180_000);

  beforeEach(async () => {
    expect(await ask('sync_deployment_tool')).toMatchObject({ state: 'succeeded' });
  }, 600_000);

  async function ask(type: string, id = serverId): Promise<OperationAnswer> {
    const { id: operation } = await fleet.api.post<OperationAnswer>(
      `/api/v1/servers/${id}/operations`,
      { type },
      [202],
    );
    return fleet.operationEnded(operation, 400_000);
  }

  async function logOf({ id }: OperationAnswer): Promise<string> {
    const { lines } = await fleet.api.get<{ lines: { line: string }[] }>(
      `/api/v1/operations/${id}/log`,
    );
    return lines.map(({ line }) => line).join('\n');
  }

  /** Everything below the tool: kind, mode, owner, path, and the digests of files. */
  async function onHost(): Promise<string> {
    return host.mustExec([
      'sh',
      '-c',
      'cd "$1" && find . -printf "%y %m %u:%g %P\n" | sort && find . -type f -exec sha256sum {} + | sort -k 2',
      'sh',
      TOOL,
    ]);
  }

  it('is exactly what the manager has', async () => {
    const there = await onHost();
    const count = await host.mustExec(['sh', '-c', `find ${TOOL} -type f | wc -l`]);

    expect(Number(count)).toBe(tree.files.length);
    for (const file of tree.files) {
      expect(there).toContain(`f ${file.mode.slice(1)} root:root ${file.path}\n`);
      expect(there).toContain(`${file.sha256}  ./${file.path}\n`);
    }
    expect(await host.exec(['ls', `${TOOL}.staging`])).toMatchObject({ code: 2 });
    expect(await host.mustExec(['ls', UPLOADS])).toBe('');
  });

  it('is left alone when nothing differs', async () => {
    const before = await onHost();

    const operation = await ask('sync_deployment_tool');

    expect(operation.steps).toMatchObject([{ state: 'skipped' }]);
    expect(await onHost()).toBe(before);
  }, 180_000);

  it('gets only the file that differs', async () => {
    const before = await onHost();
    await host.mustExec(['sh', '-c', `echo "# tampered" >>${TOOL}/ansible.cfg`]);

    const operation = await ask('sync_deployment_tool');

    expect(operation).toMatchObject({ state: 'succeeded', steps: [{ state: 'succeeded' }] });
    expect(await logOf(operation)).toContain(`sending 1 of ${String(tree.files.length)} files`);
    expect(await onHost()).toBe(before);
  }, 180_000);

  it('is put right whatever was done to it, and nothing else is touched', async () => {
    const before = await onHost();
    await host.mustExec([
      'sh',
      '-c',
      `set -e; cd ${TOOL}
       mkdir -p /root/elsewhere; echo kept >/root/elsewhere/file
       chmod 0777 VERSION; chown 1000 inventory; chmod 0700 playbooks
       rm ansible.cfg; mkdir ansible.cfg; echo x >ansible.cfg/inside
       mv scripts /root/moved; ln -s /root/elsewhere scripts
       ln -s /etc/passwd link; mkfifo pipe; mkdir -p 'strange
name/deep'; echo x >'strange
name/deep/- file'; mkdir callback_plugins/__pycache__; echo x >callback_plugins/__pycache__/x.pyc`,
    ]);

    const operation = await ask('sync_deployment_tool');

    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect(await onHost()).toBe(before);
    expect(await host.mustExec(['ls', '-A', '/root/elsewhere'])).toBe('file\n');
    expect(await logOf(operation)).toContain('removing link');
    await host.mustExec(['rm', '-rf', '/root/elsewhere', '/root/moved']);
  }, 180_000);

  it('is put right after a sync was killed between two files', async () => {
    const before = await onHost();
    await host.mustExec(['rm', '-rf', TOOL]);
    const mv = `#!/bin/sh
      n=$(($(cat /root/kill/count 2>/dev/null || echo 0) + 1)); echo $n >/root/kill/count
      if [ $n -eq 3 ]; then kill -9 $PPID; exit 1; fi
      exec /bin/mv "$@"`;
    await host.mustExec(['mkdir', '-p', '/root/kill']);
    await host.writeFile('/root/kill/mv', mv, { mode: '0755' });

    const killed = await update(packFiles(tree.files), lines('+', tree.files), {
      search: '/root/kill:/usr/sbin:/usr/bin:/sbin:/bin',
    });
    const between = await host.mustExec([
      'sh',
      '-c',
      `find ${TOOL} -type f | wc -l; ls -d ${TOOL}*`,
    ]);
    const operation = await ask('sync_deployment_tool');

    expect(killed.code).not.toBe(0);
    expect(between).toBe(`2\n${TOOL}\n${TOOL}.staging\n`);
    const rest = tree.files.length - 2;
    expect(await logOf(operation)).toContain(
      `sending ${String(rest)} of ${String(tree.files.length)} files`,
    );
    expect(await onHost()).toBe(before);
    expect(await host.mustExec(['sh', '-c', `ls -d ${TOOL}*`])).toBe(`${TOOL}\n`);
    await host.mustExec(['rm', '-rf', '/root/kill']);
  }, 180_000);

  it('takes nothing from a hostile archive', async () => {
    const before = await onHost();
    const version = entry({ path: 'VERSION' }, 'x');
    const listed = [{ path: 'VERSION', mode: '0644', sha256: sha256Hex('x') } as const];
    const hostile: [string, Buffer[], RegExp][] = [
      [
        'a symbolic link',
        [entry({ path: 'VERSION', type: 'SymbolicLink', linkpath: '/etc' })],
        /no regular file/,
      ],
      [
        'a hard link',
        [entry({ path: 'VERSION', type: 'Link', linkpath: 'ansible.cfg' })],
        /no regular file/,
      ],
      ['a device', [entry({ path: 'VERSION', type: 'CharacterDevice' })], /no regular file/],
      ['a directory', [entry({ path: 'VERSION', type: 'Directory' })], /no regular file/],
      ['an absolute path', [entry({ path: '/opt/myx-hostile' }, 'x')], /strange name/],
      ['a path to the parent', [entry({ path: '../myx-hostile' }, 'x')], /strange name/],
      ['a path through the parent', [entry({ path: 'a/../../myx-hostile' }, 'x')], /strange name/],
      ['a name with a space', [entry({ path: 'a b' }, 'x')], /strange name/],
      ['a name with a line feed', [entry({ path: 'VERSION\n-' }, 'x')], /strange name/],
      ['a file that is not listed', [version, entry({ path: 'extra' }, 'x')], /not on the list/],
      ['a file twice', [version, version], /twice/],
      ['nothing', [], /not all that is on the list/],
      ['another content', [entry({ path: 'VERSION' }, 'y')], /damaged/],
      ['too much', [entry({ path: 'VERSION' }, 'x'.repeat(2000))], /too large/],
    ];

    for (const [what, entries, reason] of hostile) {
      const archive = Buffer.concat([...entries, Buffer.alloc(1024)]);
      const { code, stderr } = await update(archive, lines('+', listed), { most: '1000' });

      expect({ what, code, stderr }).toEqual({
        what,
        code: 3,
        stderr: expect.stringMatching(reason),
      });
      expect(await onHost()).toBe(before);
    }
    expect(await host.mustExec(['sh', '-c', `ls -d /opt/*; ls -A ${UPLOADS}`])).toBe(
      '/opt/myx-agent\n/opt/myx-deployment-tool\n',
    );
  }, 600_000);

  it('has Ansible beside it, installed only where it is not there yet', async () => {
    const plain = await fleet.addServer(2);

    const there = await ask('install_ansible');
    const installed = await ask('install_ansible', plain);
    const again = await ask('install_ansible', plain);

    expect(there.steps.map(({ state }) => state)).toEqual(['skipped', 'skipped']);
    expect(installed).toMatchObject({ state: 'succeeded', error: null });
    expect(installed.steps.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(await logOf(installed)).toMatch(/ansible-core 2\.\d+.* is installed/);
    expect(again.steps.map(({ state }) => state)).toEqual(['skipped', 'skipped']);
  }, 600_000);

  it('says why Ansible cannot be installed, and stays', async () => {
    await host.mustExec(['mv', '/usr/bin/ansible-playbook', '/root/ansible-playbook']);
    await host.mustExec(['mv', '/etc/os-release', '/root/os-release']);
    await host.writeFile('/etc/os-release', 'ID=odd\nPRETTY_NAME="Odd Linux"\n');

    const operation = await ask('install_ansible');

    await host.mustExec(['mv', '/root/ansible-playbook', '/usr/bin/ansible-playbook']);
    await host.mustExec(['mv', '/root/os-release', '/etc/os-release']);
    expect(operation).toMatchObject({
      state: 'failed',
      error: { code: 'ansible_not_installed', message: expect.stringContaining('Odd Linux') },
    });
  }, 180_000);

  it('goes with the agent', async () => {
    await host.mustExec(['mkdir', `${TOOL}.staging`]);

    const operation = await ask('uninstall_agent');

    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect(await logOf(operation)).toContain(`removed ${TOOL}`);
    expect(await host.mustExec(['ls', '-A', '/opt'])).toBe('');
    serverId = await reinstalled();
  }, 600_000);

  async function reinstalled(): Promise<string> {
    expect(await ask('install_agent')).toMatchObject({ state: 'succeeded' });
    return serverId;
  }

  /** Runs the script as the manager does, on an archive of the test's own. */
  async function update(
    archive: Buffer,
    list: string,
    { most = '33554432', search = '/usr/sbin:/usr/bin:/sbin:/bin' } = {},
  ): Promise<{ code: number | null; stderr: string }> {
    await host.writeFile(`${UPLOADS}/test.tar`, archive, { mode: '0600' });
    const script = ['/bin/sh', '-c', UPDATE_TREE, 'myx-tool', TOOL, `${UPLOADS}/test.tar`];
    return host.exec(['env', `PATH=${search}`, ...script, '100', most], { input: list });
  }
});

/** One entry of an archive, as it would not be packed by anybody honest. */
function entry(data: HeaderData, content = ''): Buffer {
  const header = new Header({
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: new Date(0),
    type: 'File',
    size: content.length,
    devmaj: 1,
    devmin: 3,
    ...data,
  });
  header.encode();
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header.block ?? Buffer.alloc(0), body]);
}

function lines(kind: string, files: readonly Pick<ToolFile, 'mode' | 'sha256' | 'path'>[]): string {
  return files
    .map(({ mode, sha256, path: file }) => `${kind} ${mode} ${sha256} ${file}\n`)
    .join('');
}
