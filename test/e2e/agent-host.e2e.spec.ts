import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AnsibleEvent } from '@myx/protocol';
import { UPLOADED_PLAYBOOKS_PATH } from '@myx/protocol';
import { pino } from 'pino';
import { AgentHost } from '../../backend/src/deployment-tool/agent-host.ts';
import { DeploymentTool } from '../../backend/src/deployment-tool/deployment-tool.ts';
import type { PlaybookCall } from '../../backend/src/deployment-tool/playbook-call.ts';
import { syncToolStep } from '../../backend/src/deployment-tool/sync-step.ts';
import {
  OperationCancelled,
  ShuttingDown,
} from '../../backend/src/operations/operation-definition.ts';
import type { StepContext } from '../../backend/src/operations/operation-definition.ts';
import { UndiciAgentClient } from '../../backend/src/platform/agent-client/index.ts';
import { Secret } from '../../backend/src/platform/crypto/index.ts';
import { Lab } from '../lab/index.ts';
import type { LabHost } from '../lab/index.ts';
import { eventually } from '../support/eventually.ts';
import { LabAgent } from '../support/lab-agent.ts';

/** Waits in its middle for a file whose name is told. */
const WAITING = `
- hosts: localhost
  gather_facts: false
  tasks:
    - name: First
      ansible.builtin.shell: echo ran >>/root/first-{{ name }}
    - name: Wait for {{ name }}
      ansible.builtin.wait_for: {path: "/root/go-{{ name }}", sleep: 1, timeout: 300}
    - name: Last
      ansible.builtin.debug: {msg: "the end of {{ secret }}"}
`;

const SLEEPING = `
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Sleep
      ansible.builtin.command: sleep 98765
`;

describe('a server in the steps of an operation', () => {
  let lab: Lab;
  let machine: LabHost;
  let agent: LabAgent;
  let client: UndiciAgentClient;
  let host: AgentHost;
  let stop: AbortController;
  let log: string[];

  beforeAll(async () => {
    lab = await Lab.open({ hosts: [{ ansible: true }] });
    machine = lab.host(1);
    agent = await LabAgent.install(machine, 'bun');
    const { host: address, rpcPort, rpcPath, token, secretKey } = agent.caller.identity;
    const { certificate: pem } = agent.caller.identity;
    const { certificate, key } = await agent.credentials();
    client = new UndiciAgentClient({
      endpoint: {
        host: address,
        port: rpcPort,
        path: rpcPath,
        token: new Secret(token),
        secretKey: new Secret(secretKey),
        certificate: { pem, fingerprint: new X509Certificate(pem).fingerprint256 },
      },
      clientCertificate: { certificate, key: new Secret(key) },
      connectTimeoutMs: 20_000,
      timeoutMs: 60_000,
      retry: { retries: 1, baseMs: 50 },
      logger: pino({ level: 'silent' }),
    });
  }, 600_000);

  afterAll(async () => {
    await client.close();
    await agent.close();
    await lab.close();
  }, 180_000);

  beforeEach(async () => {
    stop = new AbortController();
    log = [];
    host = aHost();
    const sync = syncToolStep({ tool: new DeploymentTool() });
    if (!(await sync.check?.(context(), host))) await sync.apply(context(), host);
  }, 600_000);

  afterEach(() => {
    stop.abort(new ShuttingDown());
  });

  function aHost(): AgentHost {
    return new AgentHost('server', () => Promise.resolve(client));
  }

  function context(): StepContext<unknown> {
    const part: Pick<StepContext<unknown>, 'signal' | 'log'> = {
      signal: stop.signal,
      log: (line) => void log.push(line),
    };
    return part as StepContext<unknown>;
  }

  async function upload(text: string): Promise<string> {
    const digest = createHash('sha256').update(text).digest('hex');
    const place = `${UPLOADED_PLAYBOOKS_PATH}/${digest}/playbook.yml`;
    await host.putFile(context(), place, Buffer.from(text), '0600');
    return place;
  }

  async function waiting(name: string, events: AnsibleEvent[] = []): Promise<PlaybookCall> {
    return {
      commandId: randomUUID(),
      playbook: await upload(WAITING),
      extraVars: { name, secret: 'hunter22' },
      secretVars: ['secret'],
      timeoutSeconds: 300,
      onEvent: (event) => void events.push(event),
    };
  }

  function untilLogged(words: string): Promise<true> {
    return eventually(
      `the log says “${words}”`,
      () => Promise.resolve(log.some((line) => line.includes(words)) || undefined),
      { deadlineMs: 150_000 },
    );
  }

  async function go(name: string): Promise<void> {
    await machine.mustExec(['touch', `/root/go-${name}`]);
  }

  it('runs a playbook through a link that breaks and an agent that restarts', async () => {
    const events: AnsibleEvent[] = [];
    const running = host.playbook(context(), await waiting('broken', events));
    await untilLogged('First');

    await machine.block(9443, 'reject');
    await untilLogged('Trying on');
    await machine.unblock(9443);
    await untilLogged('the agent answers again');
    await agent.restart();
    await go('broken');

    expect(await running).toMatchObject({
      outcome: 'succeeded',
      exitCode: 0,
      failures: [],
      recap: [{ ok: 3, changed: 1, failed: 0 }],
    });
    expect(await machine.mustExec(['cat', '/root/first-broken'])).toBe('ran\n');
    const results = events.filter(({ event }) => event === 'task_result');
    expect(results).toHaveLength(3);
    expect(JSON.stringify([log, events])).not.toContain('hunter22');
    await host.close();
    const kept = await client.call('list_commands', {});
    expect(kept).toMatchObject({ commands: [] });
  }, 400_000);

  it('finds a playbook again that another manager began', async () => {
    const call = await waiting('adopted');
    const first = host.playbook(context(), call);
    await untilLogged('First');
    stop.abort(new ShuttingDown());
    await expect(first).rejects.toThrow(ShuttingDown);
    await host.close();
    stop = new AbortController();
    await go('adopted');

    const outcome = await aHost().playbook(context(), call);

    expect(outcome).toMatchObject({ outcome: 'succeeded', recap: [{ ok: 3 }] });
    expect(await machine.mustExec(['cat', '/root/first-adopted'])).toBe('ran\n');
  }, 600_000);

  it('leaves no process behind when its operation is cancelled', async () => {
    const sleeping = { commandId: randomUUID(), playbook: await upload(SLEEPING) };
    const running = host.playbook(context(), {
      ...sleeping,
      ...{ extraVars: {}, secretVars: [], timeoutSeconds: 300 },
    });
    await eventually(
      'it sleeps',
      async () => (await machine.exec(['pgrep', '-f', 'sleep 98765'])).code === 0 || undefined,
      { deadlineMs: 60_000 },
    );

    stop.abort(new OperationCancelled());

    await expect(running).rejects.toThrow(OperationCancelled);
    expect(log.at(-1)).toContain('processes left: 0');
    expect(await machine.exec(['pgrep', '-f', 'sleep 98765|ansible-playbook'])).toMatchObject({
      code: 1,
    });
  }, 600_000);

  it('keeps the tool as it was, whatever playbooks ran', async () => {
    expect(await syncToolStep({ tool: new DeploymentTool() }).check?.(context(), host)).toBe(true);
  }, 180_000);

  it('says that nobody can know how a playbook ended when the server reboots', async () => {
    const running = host.playbook(context(), await waiting('rebooted'));
    const failure = running.catch((error: unknown) => error);
    await untilLogged('First');

    await machine.reboot();

    expect(await failure).toMatchObject({ name: 'StepFailure', code: 'playbook_lost' });
  }, 400_000);
});
