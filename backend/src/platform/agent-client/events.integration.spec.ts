import { afterEach, describe, expect, it } from '@jest/globals';
import { AGENT_ACCESS, TlsAgents } from '../../../../test/support/tls-agents.ts';

const agents = new TlsAgents();

afterEach(() => agents.close());

describe('events', () => {
  const event = (seq: number): string =>
    `id: ${seq}\nevent: agent_started\ndata: ${JSON.stringify({ seq, at: '2026-11-20T12:00:00.000Z', type: 'agent_started', data: { version: '1' } })}\n\n`;

  it('asks from where it left off and ends with the stream', async () => {
    const { port, requests } = await agents.start((_received, response) => {
      response.write(event(8));
      response.end(event(9));
    });
    const seen: number[] = [];

    for await (const { seq } of agents.client(port).events(7, new AbortController().signal)) {
      seen.push(seq);
    }

    expect(seen).toEqual([8, 9]);
    expect(requests[0]?.request.url).toBe(`/${AGENT_ACCESS.path}/events?after=7`);
    expect(requests[0]?.request.method).toBe('GET');
  });

  it('ends when it is no longer wanted', async () => {
    const { port } = await agents.start((_received, response) => {
      response.write(event(1));
    });
    const stop = new AbortController();
    const follow = async (): Promise<void> => {
      for await (const { seq } of agents.client(port).events(0, stop.signal)) {
        if (seq === 1) stop.abort(new Error('enough'));
      }
    };

    await expect(follow()).rejects.toThrow('enough');
  });

  it('says which layer broke it', async () => {
    const { port } = await agents.start((_received, response) => {
      response.write(event(1));
      setTimeout(() => response.destroy(), 20);
    });
    const follow = async (): Promise<void> => {
      for await (const { seq } of agents.client(port).events(0, new AbortController().signal)) {
        expect(seq).toBe(1);
      }
    };

    await expect(follow()).rejects.toMatchObject({ layer: 'rpc', code: 'connection_lost' });
  });

  it('is refused by the gate like any call', async () => {
    const { port } = await agents.start((_received, response) => {
      response.writeHead(404).end();
    });
    const events = agents.client(port).events(0, new AbortController().signal);

    await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({ layer: 'token' });
  });
});
