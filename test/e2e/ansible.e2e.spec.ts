import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AGENT_RUNTIMES } from '../support/agent-process.ts';
import {
  begin,
  eventsIn,
  installDeploymentTool,
  play,
  resultsIn,
  summaryOf,
  uploadPlaybook,
} from '../support/deployment-tool.ts';
import { eventually } from '../support/eventually.ts';
import { LabAgent } from '../support/lab-agent.ts';
import { Lab } from '../lab/index.ts';
import type { LabHost } from '../lab/index.ts';

const TOOL = '/opt/myx-deployment-tool';

/** Tasks as a playbook that waits, in its middle, for a file; `go` is a name of the test's own. */
const waiting = (go: string, tasks = ''): string => `
- name: Waiting play
  hosts: localhost
  gather_facts: false
  tasks:
    - name: First
      ansible.builtin.debug: {msg: first}
${tasks}
    - name: Wait
      ansible.builtin.wait_for: {path: /tmp/${go}, sleep: 1, timeout: 120}
    - name: Last
      ansible.builtin.debug: {msg: last}
`;

let lab: Lab;
const agents: LabAgent[] = [];

// The first run on a machine makes the base with Ansible.
beforeAll(async () => {
  lab = await Lab.open({ hosts: [{ ansible: true }, { ansible: true }] });
  for (const [index, host] of lab.hosts.entries()) {
    await installDeploymentTool(host);
    agents.push(await LabAgent.install(host, AGENT_RUNTIMES[index] ?? 'bun'));
  }
}, 600_000);

afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
  await lab.close();
}, 180_000);

async function written(agent: LabAgent, id: string, from = 0) {
  const log = await agent.caller.call('get_command_log', {
    command_id: id,
    offsets: { stdout: from, stderr: 0 },
    max_bytes: 1024 * 1024,
    wait_ms: 1000,
  });
  const chunks = log.chunks.filter(({ log_type }) => log_type === 'stdout');
  const bytes = Buffer.concat(chunks.map(({ log_data }) => Buffer.from(log_data, 'base64')));
  return { bytes, next: log.new_offsets.stdout, isFinal: log.is_final };
}

/** Waits until a task has begun, and promises what was written by then. */
function begun(agent: LabAgent, id: string, task: string): Promise<Buffer> {
  return eventually(`the task ${task} begins`, async () => {
    const { bytes } = await written(agent, id);
    const isBegun = eventsIn(bytes).some((e) => e.event === 'task_started' && e.task === task);
    return isBegun ? bytes : undefined;
  });
}

const isThere = async (host: LabHost, file: string): Promise<boolean> =>
  (await host.exec(['test', '-e', file])).code === 0;

describe.each(AGENT_RUNTIMES.map((runtime, index) => [runtime, index] as const))(
  'a playbook run by an agent on %s',
  (_runtime, index) => {
    let agent: LabAgent;

    beforeAll(() => {
      agent = agents[index]!;
    });

    it('tells its tasks while it runs, from whatever offset', async () => {
      const playbook = await uploadPlaybook(agent.host, 'events', waiting('go-events'));
      const id = await begin(agent, { playbook, tags: [], check: false });
      const early = await begun(agent, id, 'Wait');

      expect(summaryOf(early)).toEqual(['First: ok']);
      await agent.host.writeFile('/tmp/go-events', '');
      const { result, stdout, stderr } = await agent.follow(id);
      const rest = await written(agent, id, early.length);
      expect([result.outcome, stderr.toString()]).toEqual(['succeeded', '']);
      expect(Buffer.concat([early, rest.bytes])).toEqual(stdout);
      expect(summaryOf(stdout)).toEqual(['First: ok', 'Wait: ok', 'Last: ok']);
      const events = eventsIn(stdout);
      expect(stdout[0]).toBe(0x1e);
      expect(events[0]).toMatchObject({ event: 'playbook_started', playbook });
      expect(events[1]).toMatchObject({ event: 'play_started', play: 'Waiting play' });
      expect(events.at(-1)).toMatchObject({
        event: 'recap',
        hosts: [{ host: 'localhost', ok: 3, changed: 0, failed: 0, skipped: 0 }],
      });
      expect(resultsIn(stdout)[0]).toMatchObject({
        ...{ play: 'Waiting play', role: null, action: 'ansible.builtin.debug' },
        ...{ host: 'localhost', item: null, message: 'first', diff: null, ignored: false },
      });
    }, 600_000);

    it('keeps secrets to itself, and takes values literally', async () => {
      const canary = `canary-${randomBytes(8).toString('hex')}`;
      const password = `${canary} "{{ 7 * 7 }}" 'ü'\\`;
      const tasks = `
    - name: Show {{ password }}
      ansible.builtin.debug: {msg: ["{{ password }}", "{{ nested }}", "{{ password | b64encode }}", "{{ ('u:' ~ password) | b64encode }}"]}
    - name: Length
      ansible.builtin.debug: {msg: "{{ password | length }} {{ number + 1 }} {{ plain }}"}
    - name: Items
      ansible.builtin.command: test -n {{ item | quote }}
      loop: ["{{ nested.list[0] }}"]
      changed_when: false
    - name: Hidden
      ansible.builtin.command: echo unmasked
      no_log: true
    - name: Refuse
      ansible.builtin.fail: {msg: "no {{ password }}"}
      ignore_errors: true`;
      const playbook = await uploadPlaybook(agent.host, 'secrets', waiting('go-secrets', tasks));
      const id = await begin(agent, {
        playbook,
        verbosity: 3,
        diff: true,
        extra_vars: { password, nested: { list: [canary] }, number: 41, plain: '{{ number }}' },
        secret_vars: ['password', 'nested'],
      });
      await begun(agent, id, 'Wait');

      const directory = `/var/lib/myx-agent/commands/${id}`;
      const grep = ['grep', '-rslF', '--', canary];
      const shown = await agent.host.exec([
        'sh',
        '-c',
        'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ',
      ]);
      expect(shown.stdout).not.toContain(canary);
      const holders = await agent.host.exec([...grep, '/var/lib/myx-agent']);
      expect(holders.stdout.trim()).toBe(`${directory}/variables.yml`);
      const mode = await agent.host.mustExec(['stat', '-c', '%a %U', `${directory}/variables.yml`]);
      expect(mode.trim()).toBe('600 root');
      await agent.host.writeFile('/tmp/go-secrets', '');
      const { stdout, stderr, result } = await agent.follow(id);
      expect(result.outcome).toBe('succeeded');
      expect(Buffer.concat([stdout, stderr]).toString()).not.toMatch(/canary-|unmasked/);
      const told = new Map(resultsIn(stdout).map((told) => [told.task, told]));
      expect(JSON.parse(told.get('Show ••••')?.message ?? '')).toEqual([
        ...['••••', { list: ['••••'] }, '••••'],
        // Only the characters that the secret alone decides are masked.
        expect.stringMatching(/^.{3}••••.{0,2}=*$/),
      ]);
      expect(told.get('Length')?.message).toBe(`${Array.from(password).length} 42 {{ number }}`);
      expect(told.get('Hidden')).toMatchObject({ status: 'changed', message: null, diff: null });
      expect(told.get('Refuse')).toMatchObject({
        ...{ status: 'failed', ignored: true, message: 'no ••••' },
      });
      expect(resultsIn(stdout).find(({ item }) => item !== null)?.item).toBe('••••');
      const left = await agent.host.exec([
        ...[
          ...grep,
          '/var/lib/myx-agent',
          TOOL,
          '/root',
          '/tmp',
          '/var/tmp',
          '/var/log',
          '/run/log',
        ],
      ]);
      expect(left.stdout).toBe('');
      const journal = await agent.host.mustExec(['journalctl', '--no-pager', '--output=cat']);
      expect(journal).not.toContain(canary);
    }, 600_000);

    it('is cancelled with everything that it started, and leaves none of its files', async () => {
      const tasks = `
    - name: Sleep
      ansible.builtin.shell: setsid sleep 8765 & sleep 8765`;
      const playbook = await uploadPlaybook(agent.host, 'cancel', waiting('go-cancel', tasks));
      const id = await begin(agent, { playbook });
      await begun(agent, id, 'Sleep');
      await eventually('it sleeps', async () => {
        const { code } = await agent.host.exec(['pgrep', '-f', '^sleep 8765']);
        return code === 0 ? true : undefined;
      });

      const { processes_left, state } = await agent.caller.call('cancel_command', {
        command_id: id,
        grace_ms: 2000,
      });
      expect([processes_left, state.result?.outcome]).toEqual([0, 'cancelled']);
      for (const pattern of ['^sleep 8765', `commands/${id}/`]) {
        expect((await agent.host.exec(['pgrep', '-f', pattern])).code).toBe(1);
      }
      const directory = `/var/lib/myx-agent/commands/${id}`;
      expect(await isThere(agent.host, `${directory}/variables.yml`)).toBe(false);
      expect(await isThere(agent.host, `${directory}/scratch`)).toBe(false);
      expect(summaryOf((await agent.follow(id)).stdout)).toContain('First: ok');
    }, 600_000);

    it('outlives the agent, and is the same when it is asked for again', async () => {
      const playbook = await uploadPlaybook(agent.host, 'kill', waiting('go-kill'));
      const request = {
        playbook,
        extra_vars: { a: 1 },
        command_id: randomBytes(8).toString('hex'),
      };
      const id = await begin(agent, request);
      await begun(agent, id, 'Wait');
      await agent.host.mustExec(['kill', '-9', String(await agent.pid())]);
      await agent.answers();

      await begin(agent, request);
      const other = { ...request, extra_vars: { a: 2 } };
      await expect(begin(agent, other)).rejects.toMatchObject({ code: -32001 });
      await agent.host.writeFile('/tmp/go-kill', '');
      const { result, stdout } = await agent.follow(id);
      expect(result.outcome).toBe('succeeded');
      expect(summaryOf(stdout)).toEqual(['First: ok', 'Wait: ok', 'Last: ok']);
    }, 600_000);
  },
);

describe('running a playbook', () => {
  let agent: LabAgent;

  beforeAll(() => {
    agent = agents[0]!;
  });

  it('shows what it would change, and changes it only when it is not a preview', async () => {
    const file = '/tmp/previewed';
    const playbook = await uploadPlaybook(
      agent.host,
      'preview',
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: Write
      ansible.builtin.copy: {dest: ${file}, content: "new\\n", mode: "0600"}
      tags: [write]
    - name: Other
      ansible.builtin.debug: {msg: other}
`,
    );
    await agent.host.writeFile(file, 'old\n', { mode: '0600' });
    const preview = await play(agent, { playbook, check: true, diff: true, tags: ['write'] });

    expect(resultsIn(preview.stdout)).toMatchObject([
      {
        ...{ task: 'Write', status: 'changed' },
        diff: `--- before: ${file}\n+++ after: ${file}\n@@ -1 +1 @@\n-old\n+new`,
      },
    ]);
    expect((await agent.host.readFile(file)).toString()).toBe('old\n');
    const done = await play(agent, { playbook, skip_tags: ['other'] });
    expect(resultsIn(done.stdout)[0]).toMatchObject({ status: 'changed', diff: null });
    expect((await agent.host.readFile(file)).toString()).toBe('new\n');
    const again = await play(agent, { playbook });
    expect(summaryOf(again.stdout)).toEqual(['Write: ok', 'Other: ok']);
  }, 600_000);

  it('only reads it when the syntax is asked for', async () => {
    const good = await play(agent, { playbook: 'playbooks/ping.yml', syntax_check: true });
    const text = '- hosts: all\n  tasks:\n    - no_such_module_at_all: {}\n';
    const playbook = await uploadPlaybook(agent.host, 'broken', text);
    const bad = await play(agent, { playbook, syntax_check: true });

    expect(good.result).toMatchObject({ outcome: 'succeeded', exit_code: 0 });
    expect(bad.result).toMatchObject({ outcome: 'failed', exit_code: 4 });
    expect(bad.stderr.toString()).toContain('no_such_module_at_all');
  }, 180_000);

  it('is ended by its timeout', async () => {
    const playbook = await uploadPlaybook(agent.host, 'timeout', waiting('go-never'));
    const { id, result } = await play(agent, { playbook, timeout: 2 });

    expect(result.outcome).toBe('timed_out');
    expect((await agent.host.exec(['pgrep', '-f', `commands/${id}/`])).code).toBe(1);
  }, 180_000);

  it('is rejected when it is not there, or a link', async () => {
    await agent.host.mustExec(['ln', '-sf', 'ping.yml', `${TOOL}/playbooks/link.yml`]);
    const [none, link] = await Promise.all(
      ['none', 'link'].map((name) => play(agent, { playbook: `playbooks/${name}.yml` })),
    );

    expect(none?.result).toMatchObject({ outcome: 'rejected', started_at: null });
    expect(none?.result.reason).toMatch(/there is no playbook/);
    expect(link?.result).toMatchObject({ outcome: 'rejected' });
    const climbing = begin(agent, { playbook: 'playbooks/../../etc/x.yml' });
    await expect(climbing).rejects.toMatchObject({ code: -32602 });
  }, 180_000);

  it('finds a server without sudo manageable, and leaves nothing of Ansible behind', async () => {
    await agent.host.mustExec(['mv', '/usr/bin/sudo', '/usr/bin/no-sudo']);
    const { result, stdout } = await play(agent, { playbook: 'playbooks/ping.yml' });

    expect(summaryOf(stdout).every((line) => line.endsWith(': ok'))).toBe(true);
    expect(result.outcome).toBe('succeeded');
    expect(await isThere(agent.host, '/root/.ansible')).toBe(false);
    expect(await agent.host.mustExec(['find', TOOL, '-name', '__pycache__'])).toBe('');
  }, 180_000);
});
