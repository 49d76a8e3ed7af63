import { describe, expect, it, jest } from '@jest/globals';
import { BUFFER_LIMIT, LiveBuffer } from './live-buffer';
import type { LiveMessage } from './live-message';

const message = (id: string, value: number): LiveMessage => ({
  topic: 'servers',
  type: 'server_changed',
  data: { id, value },
});

function buffered(keyOf?: (message: LiveMessage) => string | null): {
  buffer: LiveBuffer;
  onMessages: jest.Mock<(messages: readonly LiveMessage[]) => void>;
  onResync: jest.Mock<() => void>;
} {
  const onMessages = jest.fn<(messages: readonly LiveMessage[]) => void>();
  const onResync = jest.fn<() => void>();
  const buffer = new LiveBuffer({ onMessages, onResync, ...(keyOf ? { keyOf } : {}) });
  return { buffer, onMessages, onResync };
}

describe('LiveBuffer', () => {
  it('hands over everything at once, in order', () => {
    const { buffer, onMessages } = buffered();

    buffer.push(message('a', 1));
    buffer.push(message('a', 2));
    buffer.flush();

    expect(onMessages.mock.calls).toEqual([[[message('a', 1), message('a', 2)]]]);
  });

  it('keeps only the latest of a key, in the place of the latest', () => {
    const { buffer, onMessages } = buffered(({ data }) => String(data.id));

    buffer.push(message('a', 1));
    buffer.push(message('b', 1));
    buffer.push(message('a', 2));
    buffer.flush();

    expect(onMessages.mock.calls).toEqual([[[message('b', 1), message('a', 2)]]]);
  });

  it('calls nobody when nothing waits', () => {
    const { buffer, onMessages, onResync } = buffered();

    buffer.flush();

    expect(onMessages).not.toHaveBeenCalled();
    expect(onResync).not.toHaveBeenCalled();
  });

  it('asks to fetch again when too much waits, and works on afterwards', () => {
    const { buffer, onMessages, onResync } = buffered();
    for (let at = 0; at <= BUFFER_LIMIT + 5; at += 1) buffer.push(message('a', at));

    buffer.flush();
    buffer.push(message('b', 1));
    buffer.flush();

    expect(onResync).toHaveBeenCalledTimes(1);
    expect(onMessages.mock.calls).toEqual([[[message('b', 1)]]]);
  });

  it('never overflows with few keys, however many messages come', () => {
    const { buffer, onMessages, onResync } = buffered(({ data }) => String(data.id));
    for (let at = 0; at < BUFFER_LIMIT * 3; at += 1) buffer.push(message('a', at));

    buffer.flush();

    expect(onResync).not.toHaveBeenCalled();
    expect(onMessages.mock.calls).toEqual([[[message('a', BUFFER_LIMIT * 3 - 1)]]]);
  });
});
