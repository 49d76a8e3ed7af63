import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request body is longer than allowed. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/**
 * Reads a whole request body, counting while it arrives.
 *
 * @throws BodyTooLarge as soon as it is longer than `limit` bytes
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
): Promise<{ body: Buffer; digest: string }> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new BodyTooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return { body, digest: createHash('sha256').update(body).digest('hex') };
}
