import { TextDecoder } from 'node:util';
import { AgentEvent, LIMITS } from '@myx/protocol';
import { z } from 'zod';
import { AgentCallError } from './agent-call-error.js';

/** Longest event accepted, bytes. */
const MAX_EVENT_BYTES = LIMITS.requestBodyBytes;

const KNOWN_TYPES = new Set<string>(AgentEvent.options.map((option) => option.shape.type.value));

const AnyEvent = z.object({ seq: z.int().min(1), type: z.string() });

/**
 * Splits a stream of server-sent events (HTML Living Standard, 9.2) as agents send it: `data` lines
 * hold one JSON object, comment lines keep the stream alive. Events of a type this version does not
 * know are skipped, since a newer agent may announce more.
 *
 * @throws AgentCallError `invalid_response` for anything that is not an event.
 */
export async function* readEvents(
  chunks: AsyncIterable<Buffer>,
  target: string,
): AsyncGenerator<AgentEvent> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of chunks) {
    rest += decode(decoder, chunk, target);
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > MAX_EVENT_BYTES) throw invalid(target, 'an event is too long');
    for (const block of blocks) {
      const event = parseBlock(block, target);
      if (event) yield event;
    }
  }
}

function decode(decoder: TextDecoder, chunk: Buffer, target: string): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch (error) {
    // TypeError of the fatal decoder: not UTF-8.
    throw invalid(target, 'an event is not UTF-8', error);
  }
}

function parseBlock(block: string, target: string): AgentEvent | undefined {
  const data = block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trimStart())
    .join('\n');
  if (data === '') return undefined;
  const json = parseJson(data, target);
  const any = AnyEvent.safeParse(json);
  if (!any.success) throw invalid(target, 'an event has no sequence number or type');
  if (!KNOWN_TYPES.has(any.data.type)) return undefined;
  const event = AgentEvent.safeParse(json);
  if (!event.success) throw invalid(target, `a ${any.data.type} event is malformed`, event.error);
  return event.data;
}

function parseJson(data: string, target: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch (error) {
    // A SyntaxError: the agent, or whatever answers in its place, does not speak the protocol.
    throw invalid(target, 'an event is not JSON', error);
  }
}

function invalid(target: string, what: string, cause?: unknown): AgentCallError {
  return new AgentCallError(
    `${target}: ${what}; the agent may be broken or not a MyX agent`,
    { layer: 'rpc', code: 'invalid_response', retryable: false, notDelivered: false },
    { cause },
  );
}
