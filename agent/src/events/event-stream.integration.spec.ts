import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgentEvent } from '@myx/protocol';
import { AGENT_RUNTIMES, AgentProcess } from '../../../test/support/agent-process.ts';

/** Reads events until there are `count`, then leaves. */
async function readEvents(response: IncomingMessage, count: number): Promise<AgentEvent[]> {
  let text = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8');
    const blocks = text
      .split('\n\n')
      .slice(0, -1)
      .filter((block) => block.startsWith('id: '));
    if (blocks.length < count) continue;
    return blocks.map((block) => {
      const [id = '', type = '', data = ''] = block.split('\n');
      const event = AgentEvent.parse(JSON.parse(data.slice('data: '.length)));
      expect([id, type]).toEqual([`id: ${event.seq}`, `event: ${event.type}`]);
      return event;
    });
  }
  throw new Error(`The stream ended after: ${text}`);
}

describe.each(AGENT_RUNTIMES)('the event stream on %s', (runtime) => {
  let agent: AgentProcess;

  beforeAll(async () => {
    agent = await AgentProcess.start({ runtime });
  }, 60_000);

  afterAll(async () => {
    await agent.stop();
  });

  function open(after: string): Promise<IncomingMessage> {
    const path = agent.caller.pathOf('events', { after });
    return new Promise((resolve, reject) => {
      agent.caller.open({ method: 'GET', path }, resolve).on('error', reject).end();
    });
  }

  it('tells what happened since a number, and numbers go on over a restart', async () => {
    const [first] = await readEvents(await open('0'), 1);
    await agent.restart();
    const [lost, second] = await readEvents(await open('0'), 2);

    expect(first).toMatchObject({ seq: 1, type: 'agent_started' });
    expect(second).toMatchObject({ type: 'agent_started' });
    // Two, unless vitals were announced in between on a slow machine.
    const { seq = 0 } = second ?? {};
    expect(seq).toBeGreaterThan(1);
    expect(lost).toMatchObject({ type: 'events_lost', data: { from: 1, to: seq - 1 } });
  });

  it('is behind the same gate', async () => {
    const path = agent.caller.pathOf('events', { after: '0' });

    expect((await agent.caller.request({ method: 'GET', path, token: 'x' })).status).toBe(404);
    expect((await open('-1')).statusCode).toBe(400);
  });
});
