import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AnsibleEvent } from '@myx/protocol';
import { eventually } from '../../../test/support/eventually.ts';
import { freePort } from '../../../test/support/free-ports.ts';
import { ScriptedAgent } from '../../../test/support/scripted-agent.ts';
import { TlsAgents } from '../../../test/support/tls-agents.ts';
import type { AgentClient } from '../platform/agent-client/index.js';
import { OperationCancelled, ShuttingDown } from '../operations/index.js';
import { AgentHost } from './agent-host.js';
import type { HostContext } from './host-command.js';
import type { PlaybookCall } from './playbook-call.js';

const AT = '2026-11-21T15:00:00.000Z';
const agents = new TlsAgents();
let script: ScriptedAgent;
let host: AgentHost;
let client: AgentClient | undefined;
let port: number;
let stop: AbortController;
let log: string[];

beforeEach(async () => {
  script = new ScriptedAgent();
  // One that nobody else takes while the agent is away.
  port = await freePort();
  await agents.start(script.answer, { port });
  client = undefined;
  host = new AgentHost('server', current);
  stop = new AbortController();
  log = [];
});

afterEach(async () => {
  stop.abort(new ShuttingDown());
  await agents.close();
});

/** The connection as the manager keeps it: replaced once it is closed. */
function current(): Promise<AgentClient> {
  client ??= agents.client(port);
  return Promise.resolve(client);
}

/** Takes the agent away; it may come back on its port. */
async function takeAway(): Promise<void> {
  await agents.close();
  client = undefined;
}

function context(): HostContext {
  return {
    signal: stop.signal,
    log: (line, level = 'info') => void log.push(`${level}: ${line}`),
  };
}

function record(event: Record<string, unknown>): string {
  return `\u001e${JSON.stringify({ at: AT, ...event })}\n`;
}

function result(change: Record<string, unknown>): string {
  const task = { task_id: 't1', task: 'copy it', role: null, play: 'all', action: 'copy' };
  return record({
    event: 'task_result',
    ...task,
    host: 'localhost',
    item: null,
    status: 'ok',
    ignored: false,
    duration_ms: 1200,
    message: null,
    diff: null,
    ...change,
  });
}

const recapOf = { host: 'localhost', ok: 1, changed: 0, failed: 0, unreachable: 0 };
const recap = record({
  event: 'recap',
  hosts: [{ ...recapOf, skipped: 0, rescued: 0, ignored: 0 }],
});

function call(change: Partial<PlaybookCall> = {}): PlaybookCall {
  return {
    commandId: 'playbook-1',
    playbook: 'playbooks/one.yml',
    extraVars: { password: 'hunter22' },
    secretVars: ['password'],
    timeoutSeconds: 60,
    ...change,
  };
}

/** Lets a playbook print and end as soon as it starts. */
function endingPlaybook(stdout: string, ending: Parameters<ScriptedAgent['end']>[1] = {}): void {
  script.onStart = ({ params }, agent) => {
    agent.write(params.command_id, 'stdout', stdout);
    agent.end(params.command_id, ending);
  };
}

async function untilStarted(id: string): Promise<void> {
  await eventually('it runs', () => Promise.resolve(script.commands.has(id) || undefined));
}

describe('run', () => {
  it('answers what a program printed, and lets the agent forget it', async () => {
    script.onStart = ({ params }, agent) => {
      agent.write(params.command_id, 'stdout', params.stdin ?? '');
      agent.write(params.command_id, 'stderr', params.args.join());
      agent.end(params.command_id, { outcome: 'failed', exit_code: 2 });
    };

    const answer = await host.run(context(), ['prog', 'a', 'b'], { input: 'in', expected: [0, 2] });

    expect(answer).toEqual({
      exitCode: 2,
      stdout: Buffer.from(Buffer.from('in').toString('base64')),
      stderr: Buffer.from('a,b'),
    });
    expect(script.commands.size).toBe(0);
  });

  it.each([
    ['an exit code that is not expected', { outcome: 'failed', exit_code: 1 }, 'command_failed'],
    ['a program that is not there', { outcome: 'rejected', exit_code: null }, 'command_rejected'],
    ['a program that is too slow', { outcome: 'timed_out', exit_code: null }, 'command_timed_out'],
    ['a restart of the server', { outcome: 'lost', exit_code: null }, 'command_lost'],
  ] as const)('fails the step on %s', async (_what, ending, code) => {
    script.onStart = ({ params }, agent) => {
      agent.write(params.command_id, 'stderr', 'first\nthe reason\n');
      agent.end(params.command_id, ending);
    };

    await expect(host.run(context(), ['prog'])).rejects.toMatchObject({
      name: 'StepFailure',
      code,
    });
  });

  it('ends a program that prints more than it may', async () => {
    script.onStart = ({ params }, agent) => {
      agent.write(params.command_id, 'stdout', 'x'.repeat(2000));
    };

    const running = host.run(context(), ['prog'], { maxOutputBytes: 1000 });

    await expect(running).rejects.toMatchObject({ code: 'output_too_large' });
    expect(script.calls).toContain('cancel_command');
  });

  it('ends a program with its step, also when the manager only stops', async () => {
    const running = host.run(context(), ['prog']);
    await eventually('it runs', () => Promise.resolve(script.commands.size === 1 || undefined));

    stop.abort(new ShuttingDown());

    await expect(running).rejects.toThrow(ShuttingDown);
    expect(script.calls).toContain('cancel_command');
  });

  it('fails at once when there is no agent to ask', async () => {
    await takeAway();

    await expect(host.run(context(), ['prog'])).rejects.toMatchObject({
      name: 'StepFailure',
      layer: 'tcp',
      code: 'connection_refused',
    });
    expect(log).toEqual([]);
  });
});

describe('playbook', () => {
  it('follows the tasks and sums up', async () => {
    endingPlaybook(
      result({}) +
        result({ task_id: 't2', item: 'a', status: 'failed', message: 'no room', role: 'web' }) +
        result({ task_id: 't2', status: 'failed', message: 'One or more items failed' }) +
        result({ task_id: 't3', status: 'failed', ignored: true, message: 'never mind' }) +
        recap,
      { outcome: 'failed', exit_code: 2 },
    );
    const events: AnsibleEvent[] = [];

    const outcome = await host.playbook(context(), call({ onEvent: (e) => void events.push(e) }));

    expect(outcome).toMatchObject({
      outcome: 'failed',
      exitCode: 2,
      failures: [{ task: 'web : copy it (a)', message: 'no room' }],
      recap: [{ host: 'localhost', ok: 1 }],
      reason: null,
    });
    expect(events).toHaveLength(5);
    expect(log).toEqual([
      'info: ok: copy it [1.2 s]',
      'error: failed: web : copy it (a) [1.2 s]: no room',
      'error: failed: copy it [1.2 s]: One or more items failed',
      'warning: failed, ignored: copy it [1.2 s]: never mind',
      'info: recap: ok 1, changed 0, failed 0',
    ]);
  });

  it('sends what was asked for, and nothing secret comes back', async () => {
    endingPlaybook(`free text hunter22\n${result({ status: 'failed', message: 'bad hunter22' })}`, {
      outcome: 'failed',
      exit_code: 2,
    });
    const events: AnsibleEvent[] = [];

    const outcome = await host.playbook(
      context(),
      call({ check: true, tags: ['a'], onEvent: (e) => void events.push(e) }),
    );

    expect(JSON.stringify([outcome, events, log])).not.toContain('hunter22');
    expect(script.commands.get('playbook-1')?.playbook).toMatchObject({
      playbook: 'playbooks/one.yml',
      extra_vars: { password: 'hunter22' },
      secret_vars: ['password'],
      check: true,
      tags: ['a'],
    });
  });

  it('says what Ansible said when no task failed', async () => {
    endingPlaybook('', { outcome: 'failed', exit_code: 4 });
    script.onStart = ({ params }, agent) => {
      agent.write(params.command_id, 'stderr', 'ERROR! unexpected end\n\nwhere it ended\n');
      agent.end(params.command_id, { outcome: 'failed', exit_code: 4 });
    };

    expect(await host.playbook(context(), call())).toMatchObject({
      failures: [],
      reason: 'ERROR! unexpected end',
    });
  });

  it('survives a link that breaks again and again', async () => {
    let calls = 0;
    script.fault = () => {
      calls += 1;
      return calls % 2 === 0 ? 'cut_after' : calls % 3 === 0 ? 'cut_before' : undefined;
    };
    endingPlaybook(result({}) + recap);

    const outcome = await host.playbook(context(), call());

    expect(outcome).toMatchObject({ outcome: 'succeeded', recap: [{ ok: 1 }] });
    expect(script.starts.get('playbook-1')).toBe(1);
    expect(log.filter((line) => line.includes('copy it'))).toHaveLength(1);
  });

  it('waits for an agent that is away', async () => {
    await takeAway();
    const running = host.playbook(context(), call());
    await eventually('it is told', () =>
      Promise.resolve(log.some((line) => line.includes('Trying on')) || undefined),
    );
    endingPlaybook(recap);
    await agents.start(script.answer, { port });

    expect(await running).toMatchObject({ outcome: 'succeeded' });
    expect(log).toContain('info: the agent answers again');
  });

  it('goes on in another manager, from the first task', async () => {
    script.onStart = ({ params }, agent) => {
      agent.write(params.command_id, 'stdout', result({}));
    };
    const first = host.playbook(context(), call());
    await eventually('it is followed', () => Promise.resolve(log.length > 0 || undefined));
    stop.abort(new ShuttingDown());
    await expect(first).rejects.toThrow(ShuttingDown);
    await host.close();
    const next = new AgentHost('server', current);
    stop = new AbortController();
    const events: AnsibleEvent[] = [];

    const second = next.playbook(context(), call({ onEvent: (e) => void events.push(e) }));
    script.write('playbook-1', 'stdout', recap);
    script.end('playbook-1');

    expect(await second).toMatchObject({ outcome: 'succeeded' });
    expect(events.map(({ event }) => event)).toEqual(['task_result', 'recap']);
    expect(script.starts.get('playbook-1')).toBe(1);
    expect(script.calls).not.toContain('cancel_command');
    expect(script.forgotten.size).toBe(0);
    await next.close();
    expect(script.forgotten).toEqual(new Set(['playbook-1']));
  });

  it.each([
    ['a cancel', () => new OperationCancelled()],
    ['the end of its time', () => new DOMException('late', 'TimeoutError')],
  ])('ends the playbook on the server on %s', async (_what, reason) => {
    const running = host.playbook(context(), call());
    await untilStarted('playbook-1');

    stop.abort(reason());

    await expect(running).rejects.toBe(stop.signal.reason);
    expect(script.forgotten).toEqual(new Set(['playbook-1']));
    expect(log.at(-1)).toContain('processes left: 0');
  });

  it('ends for an undo what a killed manager left running', async () => {
    const dead = host.playbook(context(), call());
    dead.catch(() => undefined);
    await untilStarted('playbook-1');
    const undo = new AbortController();

    await host.endPlaybook(
      { signal: undo.signal, log: () => undefined },
      'playbook-1',
      'playbooks/one.yml',
    );
    await host.endPlaybook(
      { signal: undo.signal, log: () => undefined },
      'never-started',
      'playbooks/one.yml',
    );

    expect(script.forgotten).toEqual(new Set(['playbook-1']));
    stop.abort(new ShuttingDown());
  });

  it('asks until a server that does not answer has ended it', async () => {
    const dead = host.playbook(context(), call());
    dead.catch(() => undefined);
    await untilStarted('playbook-1');
    await takeAway();
    const undo = new AbortController();
    const told: string[] = [];

    const ending = host.endPlaybook(
      { signal: undo.signal, log: (line) => void told.push(line) },
      'playbook-1',
      'playbooks/one.yml',
    );
    await eventually('it tries on', () =>
      Promise.resolve(told.some((line) => line.includes('Trying on')) || undefined),
    );
    await agents.start(script.answer, { port });
    await ending;

    expect(script.forgotten).toEqual(new Set(['playbook-1']));
    expect(told.at(-1)).toBe('the agent answers again');
    stop.abort(new ShuttingDown());
  });

  it('fails the step when nobody can know how it ended', async () => {
    endingPlaybook('', { outcome: 'lost', exit_code: null, reason: 'the server was restarted' });

    await expect(host.playbook(context(), call())).rejects.toMatchObject({
      code: 'playbook_lost',
      message: expect.stringContaining('the server was restarted'),
    });
  });

  it('fails the step when the agent lost its state meanwhile', async () => {
    const running = host.playbook(context(), call());
    await untilStarted('playbook-1');
    script.wipe();

    await expect(running).rejects.toMatchObject({ code: 'playbook_lost' });
  });

  it('answers a refusal as an outcome', async () => {
    endingPlaybook('', { outcome: 'rejected', exit_code: null, reason: 'no ansible-playbook' });

    expect(await host.playbook(context(), call())).toMatchObject({
      outcome: 'rejected',
      reason: 'no ansible-playbook',
    });
  });

  it('says that an agent is too old for playbooks', async () => {
    script.fault = (method) => (method === 'execute_ansible' ? 'method_not_found' : undefined);

    await expect(host.playbook(context(), call())).rejects.toMatchObject({
      code: 'agent_outdated',
    });
  });

  it('refuses what no agent would take, before it is sent', async () => {
    const huge = { extraVars: { text: 'x'.repeat(2 * 1024 * 1024) } };

    await expect(
      host.playbook(context(), call({ playbook: '../etc/passwd' })),
    ).rejects.toMatchObject({ code: 'playbook_call_invalid' });
    await expect(host.playbook(context(), call(huge))).rejects.toMatchObject({
      code: 'playbook_call_too_large',
    });
    expect(script.calls).toEqual([]);
  });
});
