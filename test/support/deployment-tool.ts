import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { AnsibleEvent, DEPLOYMENT_TOOL_PATH, UPLOADED_PLAYBOOKS_PATH } from '@myx/protocol';
import type { ExecuteAnsibleParams } from '@myx/protocol';
import type { LabHost } from '../lab/index.ts';
import { run } from '../lab/run-program.ts';
import type { EndedCommand, LabAgent } from './lab-agent.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A run of a playbook as tests write it; what is left out has a default. */
export type TestPlaybook = Partial<ExecuteAnsibleParams> & Pick<ExecuteAnsibleParams, 'playbook'>;

/** How one task ended. */
export type TaskResult = Extract<AnsibleEvent, { event: 'task_result' }>;

/** Puts the deployment tool of the source tree onto a host, without a manager. */
export async function installDeploymentTool(host: LabHost): Promise<void> {
  const archive = await run([
    ...['tar', '-C', ROOT, '-cf', '-', '--transform', 's,^deployment-tool/,,'],
    ...['deployment-tool', 'playbooks'],
  ]);
  await host.mustExec(['mkdir', '-p', DEPLOYMENT_TOOL_PATH]);
  const unpack = ['tar', '-C', DEPLOYMENT_TOOL_PATH, '--no-same-owner', '-xf', '-'];
  await host.mustExec(unpack, { input: archive.stdoutBytes });
}

/** Puts a playbook where the manager uploads them, and tells its path. */
export async function uploadPlaybook(host: LabHost, name: string, text: string): Promise<string> {
  const directory = `${UPLOADED_PLAYBOOKS_PATH}/${name}`;
  await host.mustExec(['mkdir', '-p', directory]);
  await host.writeFile(`${directory}/playbook.yml`, text, { mode: '0600' });
  return `${directory}/playbook.yml`;
}

/** The events in what a playbook has written; fails on anything between them, not on text before them. */
export function eventsIn(stdout: Buffer): AnsibleEvent[] {
  const [, ...records] = stdout.toString('utf8').split('\x1e');
  return records
    .filter((record) => record.endsWith('\n'))
    .map((record) => AnsibleEvent.parse(JSON.parse(record)));
}

/** Starts a playbook and answers its command's id. */
export async function begin(agent: LabAgent, request: TestPlaybook): Promise<string> {
  const id = request.command_id ?? randomBytes(8).toString('hex');
  await agent.caller.call('execute_ansible', {
    ...{ timeout: 180, extra_vars: {}, secret_vars: [] },
    ...request,
    command_id: id,
  });
  return id;
}

/** Runs a playbook and reads what it writes to its end. */
export async function play(agent: LabAgent, request: TestPlaybook): Promise<EndedCommand> {
  return agent.follow(await begin(agent, request));
}

/** The results of tasks in what a playbook has written. */
export function resultsIn(stdout: Buffer): TaskResult[] {
  return eventsIn(stdout).filter((event) => event.event === 'task_result');
}

/** The same as lines such as `Write: changed`. */
export function summaryOf(stdout: Buffer): string[] {
  return resultsIn(stdout).map(({ task, status }) => `${task}: ${status}`);
}
