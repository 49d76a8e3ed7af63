import { describe, expect, it } from '@jest/globals';
import type { AgentEvent } from '@myx/protocol';
import { readEvents } from './event-reader.js';

const AT = '2026-11-20T12:00:00.000Z';
const started = { seq: 1, at: AT, type: 'agent_started', data: { version: '1.2.3' } };

async function read(...chunks: (string | Buffer)[]): Promise<AgentEvent[]> {
  const events: AgentEvent[] = [];
  // eslint wants an await in an async generator; a real stream gives its chunks later, too.
  async function* source(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  }
  for await (const event of readEvents(source(), 'host:1')) events.push(event);
  return events;
}

function block(event: object): string {
  return `id: 1\nevent: x\ndata: ${JSON.stringify(event)}\n\n`;
}

describe('readEvents', () => {
  it('reads events and skips comments', async () => {
    const events = await read(
      `: idle\n\n${block(started)}: idle\n\n${block({ ...started, seq: 2 })}`,
    );

    expect(events).toEqual([started, { ...started, seq: 2 }]);
  });

  it('reads events cut anywhere, also inside a character', async () => {
    const bytes = Buffer.from(block({ ...started, data: { version: 'é€😀' } }));

    for (let cut = 1; cut < bytes.length; cut += 1) {
      const events = await read(bytes.subarray(0, cut), bytes.subarray(cut));

      expect(events).toEqual([{ ...started, data: { version: 'é€😀' } }]);
    }
  });

  it('skips types of a newer agent', async () => {
    const events = await read(block({ ...started, type: 'moon_rose' }) + block(started));

    expect(events).toEqual([started]);
  });

  it.each([
    ['no JSON', 'data: nonsense\n\n'],
    ['no event', block({ hello: 1 })],
    ['a known type of another shape', block({ ...started, data: {} })],
    ['no UTF-8', Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a])],
    ['an endless line', `data: ${'x'.repeat(1_100_000)}`],
  ])('refuses %s', async (_name, chunk) => {
    await expect(read(chunk)).rejects.toMatchObject({ layer: 'rpc', code: 'invalid_response' });
  });
});
