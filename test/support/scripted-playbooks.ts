import { AnsibleEvent } from '@myx/protocol';
import type { ToolTree } from '../../backend/src/deployment-tool/tool-tree.ts';
import type { ScriptedAgent, ScriptedCommand } from './scripted-agent.ts';

const TASK = { role: null, play: 'Play', action: 'ansible.builtin.command' };
const AT = '2026-11-21T12:00:00.000Z';

/** How a task of a scripted playbook ends. */
export interface ScriptedTask {
  readonly name: string;
  readonly status?: 'ok' | 'changed' | 'failed' | 'skipped';
  readonly item?: string;
  readonly message?: string;
  readonly diff?: string;
}

/**
 * Lets an agent say that the deployment tool and Ansible are in place, and hands playbooks to `onPlaybook`.
 * The agent's files are not played: use playbooks of the deployment tool.
 */
export function playPlaybooks(
  agent: ScriptedAgent,
  tree: ToolTree,
  onPlaybook: (command: ScriptedCommand, id: string) => void,
): void {
  agent.onStart = (command) => {
    const { command_id: id, args } = command.params;
    if (command.playbook !== null) {
      onPlaybook(command, id);
      return;
    }
    const script = args[1] ?? '';
    const answer = script.includes('ansible-playbook --version')
      ? 'ansible-playbook [core 2.14.18]\n'
      : listingOf(tree);
    agent.write(id, 'stdout', answer);
    agent.end(id);
  };
}

/** The records of a task that begins and ends. */
export function taskRecords(task: ScriptedTask, index: number): string {
  const at = new Date(Date.parse(AT) + index * 1000).toISOString();
  const of = { ...TASK, task_id: `task-${index}`, task: task.name, at };
  return (
    record({ event: 'task_started', ...of }) +
    record({
      event: 'task_result',
      ...of,
      host: 'localhost',
      item: task.item ?? null,
      status: task.status ?? 'ok',
      ignored: false,
      duration_ms: 12,
      message: task.message ?? null,
      diff: task.diff ?? null,
    })
  );
}

/** The record that a playbook ends with. */
export function recapRecord(tasks: readonly ScriptedTask[]): string {
  const count = (status: string): number =>
    tasks.filter((task) => (task.status ?? 'ok') === status).length;
  const counts = {
    ok: count('ok') + count('changed'),
    changed: count('changed'),
    failed: count('failed'),
    skipped: count('skipped'),
    ...{ unreachable: 0, rescued: 0, ignored: 0 },
  };
  return record({ event: 'recap', at: AT, hosts: [{ host: 'localhost', ...counts }] });
}

/** Lets a playbook tell tasks and end. */
export function playTasks(agent: ScriptedAgent, id: string, tasks: readonly ScriptedTask[]): void {
  agent.write(id, 'stdout', tasks.map(taskRecords).join('') + recapRecord(tasks));
  const hasFailed = tasks.some(({ status }) => status === 'failed');
  agent.end(id, hasFailed ? { outcome: 'failed', exit_code: 2 } : {});
}

function record(event: unknown): string {
  return `\u001e${JSON.stringify(AnsibleEvent.parse(event))}\n`;
}

/** What the listing script prints where nothing differs. */
function listingOf({ files }: ToolTree): string {
  const directories = new Set(['']);
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, index) => directories.add(parts.slice(0, index + 1).join('/')));
  }
  return [
    ...[...directories].map((path) => `d 755 0:0 ${path}`),
    ...files.map(({ path, mode }) => `f ${mode.slice(1)} 0:0 ${path}`),
    '@',
    ...files.map(({ path, sha256 }) => `${sha256}  ./${path}`),
  ]
    .map((entry) => `${entry}\0`)
    .join('');
}
