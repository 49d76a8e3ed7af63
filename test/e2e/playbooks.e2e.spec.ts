import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UPLOADED_PLAYBOOKS_PATH } from '@myx/protocol';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';
import { PlaybookFleet } from '../support/playbook-fleet.ts';
import { offerSampleUpgrade, sampleVersion } from '../support/sample-package.ts';

const OWN = `# title: Own
# description: Writes a token.
# variables:
#   - { name: token, required: true, secret: true }
#   - { name: greeting, default: hello }
---
- name: Own
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Write the greeting
      ansible.builtin.copy: { content: "{{ greeting }}\\n", dest: /root/greeting, mode: "0644" }
    - name: Write the token
      ansible.builtin.copy: { content: "{{ token }}", dest: /root/token, mode: "0600" }
      tags: [token]
    - name: Tell the token
      ansible.builtin.debug: { msg: "the token is {{ token }}" }
      tags: [token]
    - name: Take a moment
      ansible.builtin.command: { argv: [sleep, "1"] }
      loop: [one, two]
    - name: Look whether this server fails
      ansible.builtin.stat: { path: /root/fail-here }
      register: marker
    - name: Fail on some servers
      ansible.builtin.fail: { msg: planned }
      when: marker.stat.exists
    - name: Forget the token
      ansible.builtin.file: { path: /root/token, state: absent }
`;

const UNKNOWN_MODULE = `- hosts: localhost
  tasks:
    - name: No such thing
      no_such_module_of_ansible: {}
`;

const SLEEPER = `- hosts: localhost
  gather_facts: false
  tasks:
    - name: Leave something behind
      ansible.builtin.shell: (setsid sleep 47133 &) ; sleep 47133
`;

/** Files below `folder` that hold a text. Whoever works there meanwhile may take some of them away. */
function filesWith(folder: string, text: string): string[] {
  return ifThere(() => readdirSync(folder, { withFileTypes: true }), []).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesWith(place, text);
    if (!entry.isFile()) return [];
    return ifThere(() => readFileSync(place), Buffer.alloc(0)).includes(text) ? [place] : [];
  });
}

function ifThere<Result>(read: () => Result, otherwise: Result): Result {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}

describe('playbooks on real servers', () => {
  const secret = `canary-${randomBytes(12).toString('hex')}`;
  let fleet: Fleet;
  let playbooks: PlaybookFleet;
  let servers: string[];

  beforeAll(async () => {
    fleet = await Fleet.open({
      hosts: [{ ansible: true }, { ansible: true }],
      env: { MYX_LOG_LEVEL: 'trace' },
    });
    playbooks = new PlaybookFleet(fleet);
    servers = await Promise.all([fleet.addServer(1), fleet.addServer(2)]);
  }, 600_000);

  afterAll(async () => {
    await fleet.close();
  }, 180_000);

  it('tries a playbook that comes with MyX before it runs', async () => {
    const [server] = servers;
    const pidOf = (): Promise<string> =>
      fleet.lab.host(1).mustExec(['systemctl', 'show', '--property=MainPID', '--value', 'ssh']);
    const before = await pidOf();
    const request = {
      playbook: 'restart_service',
      server_ids: [server],
      extra_vars: { unit: 'ssh' },
    };

    const tried = await playbooks.run({ ...request, check: true, diff: true });
    const afterTry = await pidOf();
    const real = await playbooks.run(request);

    expect(tried).toMatchObject({ state: 'succeeded', totals: { changed: 1, failed: 0 } });
    expect(afterTry).toBe(before);
    expect(real).toMatchObject({ state: 'succeeded', totals: { changed: 1, failed: 0 } });
    expect(await pidOf()).not.toBe(before);
  }, 600_000);

  it('tells what an upgrade of packages would do, and does it', async () => {
    const host = fleet.lab.host(2);
    const request = { playbook: 'upgrade_packages', server_ids: [servers[1]] };
    await offerSampleUpgrade(host);

    const tried = await playbooks.run({ ...request, check: true });
    const afterTry = await sampleVersion(host);
    const real = await playbooks.run(request);

    expect(tried).toMatchObject({ state: 'succeeded', totals: { changed: 1, failed: 0 } });
    expect(afterTry).toBe('1.0');
    const { tasks } = await playbooks.tasks(tried.id, servers[1] ?? '');
    const upgrade = tasks.find(({ task }) => task === 'Upgrade Debian packages');
    expect(upgrade?.message).toContain('Inst myx-sample [1.0] (2.0');
    expect(real).toMatchObject({ state: 'succeeded', totals: { changed: 1, failed: 0 } });
    expect(await sampleVersion(host)).toBe('2.0');
  }, 600_000);

  it('refuses a text that Ansible does not understand, with what it said', async () => {
    const version = await playbooks.usable('unknown-module', UNKNOWN_MODULE, servers[0] ?? '');

    expect(version.state).toBe('invalid');
    expect(version.check?.message).toContain('no_such_module_of_ansible');
    const refused = await fleet.api.raw('/api/v1/playbook-runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ playbook: 'unknown-module', server_ids: servers, version: 1 }),
    });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ name: 'playbook_not_usable' });
  }, 180_000);

  it('leaves no more than the newest texts on a server', async () => {
    const plant = `
      mkdir -p "$1" && cd "$1" || exit 1
      for age in 1 2 3 4 5 6; do
        mkdir "old-$age" && echo x >"old-$age/playbook.yml" && touch -d "-$age hours" "old-$age" || exit 1
      done`;
    await fleet.lab.host(2).mustExec(['sh', '-c', plant, 'sh', UPLOADED_PLAYBOOKS_PATH]);

    const version = await playbooks.usable('own', OWN, servers[1] ?? '');

    expect(version.state).toBe('usable');
    const digest = createHash('sha256').update(OWN).digest('hex');
    const left = await fleet.lab.host(2).mustExec(['ls', UPLOADED_PLAYBOOKS_PATH]);
    expect(left.trim().split('\n')).toEqual([digest, 'old-1', 'old-2', 'old-3', 'old-4'].sort());
  }, 180_000);

  it('shows what an own playbook would change, and changes nothing', async () => {
    const run = await playbooks.run({
      playbook: 'own',
      server_ids: servers,
      extra_vars: { token: secret },
      check: true,
      diff: true,
    });

    expect(run.state).toBe('succeeded');
    const { tasks } = await playbooks.tasks(run.id, servers[1] ?? '');
    const greeting = tasks.find(({ task }) => task === 'Write the greeting');
    expect(greeting).toMatchObject({ status: 'changed' });
    expect(greeting?.diff).toContain('+hello');
    const { code } = await fleet.lab.host(2).exec(['test', '-e', '/root/greeting']);
    expect(code).toBe(1);
  }, 600_000);

  it('tells the failure of one server beside the success of another, and retries that one', async () => {
    const [good = '', bad = ''] = servers;
    await fleet.lab.host(2).mustExec(['touch', '/root/fail-here']);

    const run = await playbooks.run({
      playbook: 'own',
      server_ids: servers,
      extra_vars: { token: secret },
    });

    const byId = new Map(run.servers.map((server) => [server.server_id, server]));
    expect(run.state).toBe('failed');
    expect(run.by_state).toEqual({ succeeded: 1, failed: 1 });
    expect(byId.get(good)).toMatchObject({
      state: 'succeeded',
      outcome: 'succeeded',
      recap: { failed: 0, skipped: 1 },
    });
    expect(byId.get(bad)).toMatchObject({
      state: 'failed',
      outcome: 'failed',
      recap: { failed: 1, ok: 5 },
      error: { code: 'playbook_failed', message: '“Fail on some servers” failed: planned' },
    });
    const { tasks, next_after: after } = await playbooks.tasks(run.id, bad);
    expect(tasks.map(({ task, item, status }) => [task, item, status])).toEqual([
      ['Write the greeting', null, 'changed'],
      ['Write the token', null, 'changed'],
      ['Tell the token', null, 'ok'],
      ['Take a moment', 'one', 'changed'],
      ['Take a moment', 'two', 'changed'],
      ['Take a moment', null, 'changed'],
      ['Look whether this server fails', null, 'ok'],
      ['Fail on some servers', null, 'failed'],
    ]);
    expect((await playbooks.tasks(run.id, bad, after)).tasks).toEqual([]);

    await fleet.lab.host(2).mustExec(['rm', '/root/fail-here']);
    const retried = await fleet.api.post<{ id: string }>(
      `/api/v1/playbook-runs/${run.id}/retry`,
      {},
      [202],
    );
    const second = await playbooks.ended(retried.id);
    expect(second).toMatchObject({ state: 'succeeded', retry_of: run.id });
    expect(second.servers.map(({ server_id: id }) => id)).toEqual([bad]);
  }, 600_000);

  it('keeps a secret variable to itself', async () => {
    const [server = ''] = servers;
    const seen = new Set<string>();
    const watching = new AbortController();
    const watch = (async () => {
      while (!watching.signal.aborted) {
        const lines = await fleet.lab.host(1).mustExec(['ps', '-eo', 'args']);
        for (const line of lines.split('\n')) seen.add(line);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();

    const run = await playbooks.run({
      playbook: 'own',
      server_ids: [server],
      extra_vars: { token: secret, greeting: 'hi' },
    });
    watching.abort();
    await watch;

    expect(run).toMatchObject({
      state: 'succeeded',
      secret_vars: ['token'],
      extra_vars: { greeting: 'hi' },
    });
    expect([...seen].some((line) => line.includes('ansible-playbook'))).toBe(true);
    expect([...seen].filter((line) => line.includes(secret))).toEqual([]);
    const answers = await Promise.all(
      [
        `/api/v1/playbook-runs/${run.id}`,
        '/api/v1/playbook-runs',
        `/api/v1/playbook-runs/${run.id}/servers/${server}/tasks`,
        `/api/v1/operations/${run.servers[0]?.operation_id ?? ''}`,
        `/api/v1/operations/${run.servers[0]?.operation_id ?? ''}/log?limit=2000`,
        '/api/v1/operations',
        '/api/v1/playbooks/own',
        '/api/v1/audit-events',
      ].map(async (route) => (await fleet.api.raw(route)).text()),
    );
    expect(answers.filter((text) => text.includes(secret))).toEqual([]);
    expect(answers[2]).toContain('the token is ••••');
    // The manager's log and the files of its database, its queue included.
    expect(filesWith(fleet.manager.dataDirectory, secret)).toEqual([]);
    const { stdout } = await fleet.lab
      .host(1)
      .exec(['grep', '-rlF', '--', secret, '/var', '/opt', '/etc', '/root', '/tmp', '/run']);
    expect(stdout).toBe('');
  }, 600_000);

  it('ends a cancelled playbook with everything it started', async () => {
    const [server = ''] = servers;
    await playbooks.usable('sleeper', SLEEPER, server);
    const { id } = await playbooks.start({ playbook: 'sleeper', server_ids: [server] });
    await eventually('the playbook sleeps', async () => {
      const sleeping = await fleet.lab.host(1).exec(['pgrep', '-fc', '^sleep 47133']);
      return sleeping.stdout.trim() === '2' ? true : undefined;
    });
    await eventually('it is told what runs', async () => {
      const { current } = await playbooks.tasks(id, server);
      return current?.task === 'Leave something behind' || undefined;
    });

    await fleet.api.post(`/api/v1/playbook-runs/${id}/cancel`, {}, [200]);
    const run = await playbooks.ended(id);

    expect(run).toMatchObject({ state: 'cancelled', by_state: { cancelled: 1 } });
    const left = await fleet.lab.host(1).exec(['pgrep', '-fa', 'sleep 47133|ansible-playbook']);
    expect(left.stdout).toBe('');
  }, 600_000);
});
