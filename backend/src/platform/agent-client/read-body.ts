import type { Readable } from 'node:stream';
import { AgentCallError } from './agent-call-error.js';

/**
 * Reads a response body of at most `maxBytes`, counted while it arrives: an agent cannot make the
 * manager hold more, whatever its headers say. `arrived` is told of every piece.
 *
 * @throws AgentCallError `response_too_large`.
 */
export async function readBody(
  body: Readable,
  maxBytes: number,
  target: string,
  arrived?: () => void,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    arrived?.();
    if (size > maxBytes) {
      body.destroy();
      throw new AgentCallError(`${target}: the answer is larger than ${maxBytes} bytes`, {
        layer: 'rpc',
        code: 'response_too_large',
        retryable: false,
        notDelivered: false,
      });
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
}
