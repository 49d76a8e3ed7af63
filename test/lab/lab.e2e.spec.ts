import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { withFileLock } from './file-lock.ts';
import { diffSnapshots, Lab, type LabHost } from './index.ts';
import { loadLab } from './lab-state.ts';
import { script, stateDirectory } from './places.ts';
import { startTimeOf } from './process-identity.ts';
import { removeAbandonedLabs } from './teardown.ts';
import { type LabTraces, tracesOf } from './traces.ts';

// The first run on a machine installs packages and makes the Debian base.
jest.setTimeout(900_000);

/** Options for OpenSSH's client where no answer is expected. */
const hurry = ['-o', 'ConnectTimeout=3'];

describe('a lab of two plain hosts', () => {
  let lab: Lab;
  let first: LabHost;
  let second: LabHost;

  beforeAll(async () => {
    lab = await Lab.open({ hosts: 2 });
    first = lab.host(1);
    second = lab.host(2);
  });
  afterAll(() => lab.close());

  test('hosts are real systems that differ from each other', async () => {
    const ids = await Promise.all(
      lab.hosts.map((host) => host.mustExec(['cat', '/etc/machine-id'])),
    );

    expect(new Set(ids).size).toBe(2);
    expect(first.hostKeyFingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(first.hostKeyFingerprint).not.toBe(second.hostKeyFingerprint);
    for (const host of lab.hosts) {
      const state = await host.exec(['systemctl', 'is-system-running']);
      expect(state.stdout.trim()).toBe('running');
      expect(host.bootMs).toBeGreaterThan(0);
    }
  });

  test('every user logs in to every host in each of its ways', async () => {
    const { root, admin, deploy, plain } = lab.users;
    const logins = [
      { user: 'root', password: root.password },
      { user: 'root', key: root.keys.ed25519 },
      { user: 'admin', password: admin.password },
      { user: 'admin', password: admin.password, method: 'keyboard-interactive' as const },
      { user: 'deploy', key: deploy.keys.ed25519 },
      { user: 'deploy', key: deploy.keys.ecdsa },
      { user: 'deploy', key: deploy.keys.rsa },
      { user: 'deploy', key: deploy.keys.encrypted },
      { user: 'plain', password: plain.password },
      { user: 'plain', key: plain.keys.ed25519 },
    ];

    for (const login of logins) {
      const answers = await Promise.all(
        lab.hosts.map((host) => host.ssh(login, ['whoami;', 'hostname'])),
      );

      expect(answers.map(({ stdout, stderr }) => stdout || stderr)).toEqual([
        `${login.user}\nh1\n`,
        `${login.user}\nh2\n`,
      ]);
    }
  });

  test('a wrong password is refused', async () => {
    const outcome = await first.ssh({ user: 'admin', password: 'wrong' }, ['true']);

    expect(outcome.code).toBe(255);
    expect(outcome.stderr).toContain('Permission denied');
  });

  test('sudo asks admin for a password, deploy for none, and refuses plain', async () => {
    const withPassword = await first.exec(['sudo', '-S', '-p', '', 'id', '-u'], {
      user: 'admin',
      input: `${lab.users.admin.password}\n`,
    });
    const withoutPassword = await first.exec(['sudo', '-n', 'id', '-u'], { user: 'deploy' });
    const adminUnasked = await first.exec(['sudo', '-n', '-k', 'id', '-u'], { user: 'admin' });
    const refused = await first.exec(['sudo', '-S', '-p', '', 'id', '-u'], {
      user: 'plain',
      input: `${lab.users.plain.password}\n`,
    });

    expect(withPassword.stdout).toBe('0\n');
    expect(withoutPassword.stdout).toBe('0\n');
    expect(adminUnasked.code).not.toBe(0);
    expect(refused.stderr).toContain('not in the sudoers file');
  });

  test('exec passes bytes, arguments and exit codes as they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

    const echoed = await first.exec(['cat'], { input: bytes });
    const argument = await first.mustExec(['printf', '%s', 'a "b" $c\n\'d\'']);
    const failed = await first.exec(['sh', '-c', 'exit 7'], { user: 'plain' });

    expect(echoed.stdoutBytes.equals(bytes)).toBe(true);
    expect(argument).toBe('a "b" $c\n\'d\'');
    expect(failed.code).toBe(7);
  });

  test.each(['silent', 'unplugged'] as const)('a %s cut lasts until healed', async (kind) => {
    const login = { user: 'root', key: lab.users.root.keys.ed25519 };
    await first.cut(kind);

    const cut = await first.ssh({ ...login, options: hurry }, ['true']);
    const inside = await first.mustExec(['hostname']);
    const neighbour = await second.ssh(login, ['true']);
    await first.heal();
    const healed = await first.ssh(login, ['true']);

    expect(cut.code).toBe(255);
    expect(inside).toBe('h1\n');
    expect(neighbour.code).toBe(0);
    expect(healed.code).toBe(0);
    expect(await first.faults()).toEqual([]);
  });

  test('a blocked port is closed and the others are not', async () => {
    const login = { user: 'root', key: lab.users.root.keys.ed25519 };
    await first.block(first.sshPort, 'reject');
    await first.block(9999);

    const blocked = await first.ssh(login, ['true']);
    const faults = await first.faults();
    await first.unblock(first.sshPort);
    const open = await first.ssh(login, ['true']);
    await first.heal();

    expect(blocked.stderr).toContain('refused');
    expect(faults).toEqual(['port 22 rejected', 'port 9999 dropped']);
    expect(open.code).toBe(0);
  });

  test('a lossy network is slow and still right', async () => {
    await first.loss(10);

    const outcome = await first.ssh({ user: 'root', key: lab.users.root.keys.ed25519 }, [
      'head -c 1000000 /dev/zero',
    ]);
    await first.loss(0);

    expect(outcome.stdoutBytes.length).toBe(1_000_000);
    expect(await first.faults()).toEqual([]);
  });

  test('a reboot changes the boot id and keeps the files', async () => {
    const before = await first.bootId();
    await first.writeFile('/etc/kept', 'kept\n', { mode: '0600', owner: 'deploy' });

    await first.reboot();

    expect(await first.bootId()).not.toBe(before);
    expect((await first.readFile('/etc/kept')).toString()).toBe('kept\n');
    expect(await first.mustExec(['stat', '-c', '%a %U', '/etc/kept'])).toBe('600 deploy\n');
  });

  test.each(['poweroff', 'crash'] as const)('after %s a host is off until started', async (way) => {
    await first[way]();

    const running = first.running;
    const processes = first.processes();
    await first.start();

    expect(running).toBe(false);
    expect(processes).toEqual([]);
    expect(await first.mustExec(['systemctl', 'is-active', 'ssh'])).toBe('active\n');
  });

  test('snapshots show what was added, changed and removed, and nothing else', async () => {
    await first.writeFile('/etc/changed', 'before');
    await first.writeFile('/etc/removed', 'x');
    const before = first.snapshotFiles();

    await first.mustExec(['mkdir', '-m', '0750', '/opt/new']);
    await first.writeFile('/opt/new/file', 'content', { mode: '0640' });
    await first.writeFile('/etc/changed', 'after!');
    await first.mustExec(['rm', '/etc/removed', '/etc/motd']);
    // Written by nobody, only touched: the same content is no change.
    await first.mustExec(['touch', '/etc/services']);
    const after = first.snapshotFiles();

    expect(diffSnapshots(before, after)).toEqual({
      added: ['/opt/new', '/opt/new/file'],
      removed: ['/etc/motd', '/etc/removed'],
      changed: ['/etc/changed'],
    });
    expect(after.get('/opt/new')).toEqual({ type: 'directory', mode: '0750', owner: '0:0' });
    expect(after.get('/opt/new/file')).toMatchObject({ type: 'file', mode: '0640', size: 7 });
    expect(before.size).toBeGreaterThan(5000);
  });

  test('processes are listed with pid, user and control group', async () => {
    // "exec": it is answered when the program runs, not when its process was made.
    const unit = ['--unit=sleeper', '--uid=plain', '--property=Type=exec'];
    await first.mustExec(['systemd-run', ...unit, 'sleep', '987']);

    const sleeper = first.processes().find(({ args }) => args.includes('987'));

    expect(sleeper).toMatchObject({ name: 'sleep', cgroup: '/system.slice/sleeper.service' });
    expect(sleeper?.pid).not.toBe(sleeper?.machinePid);
    expect(first.processes()[0]).toMatchObject({ pid: 1, uid: 0, name: 'systemd' });
  });

  test('new host keys stop a client that knows the old ones', async () => {
    const before = second.hostKeyFingerprints;
    const oldKnownHosts = `${lab.knownHostsFile}.old`;
    copyFileSync(lab.knownHostsFile, oldKnownHosts);

    await second.regenerateHostKeys();

    const login = { user: 'root', key: lab.users.root.keys.ed25519 };
    const forgetful = { ...login, options: ['-o', `UserKnownHostsFile=${oldKnownHosts}`] };
    expect(Object.keys(second.hostKeyFingerprints)).toEqual(Object.keys(before));
    for (const [algorithm, fingerprint] of Object.entries(second.hostKeyFingerprints)) {
      expect(fingerprint).not.toBe(before[algorithm]);
    }
    expect((await second.ssh(login, ['true'])).code).toBe(0);
    expect((await second.ssh(forgetful, ['true'])).stderr).toContain('verification failed');
  });

  test('packages can be installed through the proxy', async () => {
    await second.mustExec(['apt-get', 'update', '-q']);
    await second.mustExec(['apt-get', 'install', '-q', '-y', 'jq']);

    expect(await second.mustExec(['jq', '-n', '1+1'])).toBe('2\n');
  });

  test('a host can be added', async () => {
    const third = await lab.add({ sshPort: 2222 });

    const login = { user: 'root', key: lab.users.root.keys.ed25519 };
    expect((await third.ssh(login, ['hostname'])).stdout).toBe('h3\n');
    expect(third.sshPort).toBe(2222);
  });
});

describe('a lab of special hosts', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open({ hosts: [{}, { isolatedBehind: 0 }, { keyboardInteractiveOnly: true }] });
  });
  afterAll(() => lab.close());

  test('an isolated host is reached through its jump host alone', async () => {
    const login = { user: 'root', key: lab.users.root.keys.ed25519 };
    const isolated = lab.host(2);
    const direct = { ...login, options: [...hurry, '-o', 'ProxyJump=none'] };

    const through = await isolated.ssh(login, ['hostname']);
    await lab.host(1).cut();
    const cut = await isolated.ssh({ ...login, options: hurry }, ['hostname']);
    await lab.host(1).heal();

    expect(isolated.isolated).toBe(true);
    expect(through.stdout).toBe('h2\n');
    expect(cut.code).toBe(255);
    expect((await isolated.ssh(direct, ['true'])).stderr).toMatch(/No route to host|unreachable/);
  });

  test('a keyboard-interactive host takes neither key nor plain password', async () => {
    const host = lab.host(3);
    const { root, admin } = lab.users;

    const key = await host.ssh({ user: 'root', key: root.keys.ed25519 }, ['true']);
    const password = await host.ssh({ user: 'admin', password: admin.password }, ['true']);
    const interactive = await host.ssh(
      { user: 'admin', password: admin.password, method: 'keyboard-interactive' },
      ['whoami'],
    );

    expect([key.code, password.code]).toEqual([255, 255]);
    expect(interactive.stdout).toBe('admin\n');
  });
});

describe('what a lab leaves behind', () => {
  /** Keeps others from making labs, which might take over the network of one that went, and from sweeping. */
  function aloneWithLabs<T>(work: () => Promise<T>): Promise<T> {
    return withFileLock(path.join(stateDirectory, 'labs.lock'), 900, work);
  }

  test('close leaves nothing', async () => {
    const lab = await Lab.open({ hosts: [{}, { isolatedBehind: 0 }] });
    const traces = tracesOf(lab);
    const processes = lab.hosts
      .flatMap((host) => host.processes())
      .map(({ machinePid: pid }) => ({ pid, startTime: startTimeOf(pid) }));
    const whileOpen = await traces();

    const left = await aloneWithLabs(async () => {
      await lab.close();
      return traces();
    });

    expect(whileOpen.length).toBeGreaterThan(10);
    expect(processes.length).toBeGreaterThan(8);
    expect(left).toEqual([]);
    // A pid alone may be another process by now.
    const isAlive = ({ pid, startTime }: (typeof processes)[number]): boolean =>
      startTime !== undefined && startTimeOf(pid) === startTime;
    expect(processes.filter(isAlive)).toEqual([]);
  });

  test('a lab whose process was killed goes at the next opportunity', async () => {
    const name = `abandoned-${process.pid}`;
    const child = spawn(process.execPath, [script('main.ts'), 'hold', '--name', name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(child.stdout)) if (line.includes('Ctrl-C')) break;
    const traces: LabTraces = tracesOf({ name });
    expect(await Lab.sweep()).not.toContain(name);

    await aloneWithLabs(async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
      const left = await traces();
      const swept = await removeAbandonedLabs();

      expect(left.length).toBeGreaterThan(5);
      expect(swept).toContain(name);
      expect(await traces()).toEqual([]);
    });
  });

  test('a lab that cannot be made leaves nothing', async () => {
    const name = `interrupted-${process.pid}`;
    const interruption = new AbortController();
    const opening = Lab.open({ name, hosts: 3, signal: interruption.signal });
    const refusal = expect(opening).rejects.toThrow('enough');
    await eventually(
      'the making is in its middle',
      () => {
        const made = loadLab(name)?.resources.some(({ kind }) => kind === 'mount');
        return Promise.resolve(made === true ? true : undefined);
      },
      { deadlineMs: 240_000, everyMs: 20 },
    );
    interruption.abort(new Error('enough'));

    await refusal;
    expect(Lab.list()).not.toContain(name);
  });

  test('names and networks of labs do not clash', async () => {
    const labs = await Promise.all([Lab.open(), Lab.open(), Lab.open()]);

    const addresses = labs.map((lab) => lab.host(1).address);
    await Promise.all(labs.map((lab) => lab.close()));

    expect(new Set(addresses).size).toBe(3);
  });
});
