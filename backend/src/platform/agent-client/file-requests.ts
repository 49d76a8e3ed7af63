import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetFileQuery, PutFileQuery } from '@myx/protocol';
import { z } from 'zod';
import { AgentCallError } from './agent-call-error.js';
import type { FileToSend } from './agent-client.js';
import { digestOf } from './request-signer.js';
import { statusFailure } from './rpc-answer.js';

/** Bytes handed to the connection at once. */
const CHUNK_BYTES = 64 * 1024;

/** What is sent of a file: measured once, read again for every attempt. */
export interface FileContent {
  readonly size: number;
  readonly sha256: string;
  /** Reads it from the beginning, telling how many bytes were taken so far. */
  open(taken: (bytes: number) => void): Readable;
}

/** Measures a file to send. Large files are never held in memory. */
export async function contentOf(source: FileToSend['source']): Promise<FileContent> {
  if (Buffer.isBuffer(source)) {
    const open = (taken: Taken): Readable => counted(chunksOf(source), taken);
    return { size: source.length, sha256: digestOf(source), open };
  }
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(createReadStream(source.file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
    }
  });
  // A file that grew meanwhile is cut at the size that was signed; one that shrank fails the attempt.
  const open = (taken: Taken): Readable =>
    counted(size === 0 ? [] : createReadStream(source.file, { start: 0, end: size - 1 }), taken);
  return { size, sha256: hash.digest('hex'), open };
}

/** Path and query of a request that writes a file. */
export function putFilePath(rpcPath: string, file: FileToSend, content: FileContent): string {
  const { path, mode } = file;
  const { size, sha256 } = content;
  const query = PutFileQuery.parse({ path, mode, size, sha256 });
  return filesPath(rpcPath, { ...query, size: String(query.size) });
}

/** Path and query of a request that reads a file. */
export function getFilePath(rpcPath: string, path: string): string {
  return filesPath(rpcPath, GetFileQuery.parse({ path }));
}

/** Whether an answer says that the file is not there, rather than that the gate refused. */
export function isNoSuchFile(status: number, body: Buffer): boolean {
  return status === 404 && reasonIn(body) === 'no such file';
}

/** Names the cause of an answer to a file request that is not 200. */
export function fileFailure(
  target: string,
  path: string,
  status: number,
  body: Buffer,
): AgentCallError {
  const reason = reasonIn(body);
  const refusal = REFUSALS[status];
  if (!refusal || reason === undefined) return statusFailure(target, status);
  return new AgentCallError(`${target}: ${path}: ${reason}`, {
    layer: 'rpc',
    notDelivered: false,
    ...refusal,
  });
}

const REFUSALS: Readonly<Record<number, { code: string; retryable: boolean }>> = {
  403: { code: 'file_refused', retryable: false },
  409: { code: 'file_refused', retryable: false },
  // What arrived is not what was announced: damaged on the way, or changed while it was read.
  422: { code: 'file_damaged', retryable: true },
  507: { code: 'file_no_space', retryable: false },
};

const Refusal = z.object({ error: z.string().max(500) });

type Taken = (bytes: number) => void;

function filesPath(rpcPath: string, query: Record<string, string>): string {
  return `/${rpcPath}/files?${new URLSearchParams(query).toString()}`;
}

function reasonIn(body: Buffer): string | undefined {
  try {
    return Refusal.safeParse(JSON.parse(body.toString('utf8'))).data?.error;
  } catch (error) {
    // Not JSON: then it is not the agent's word on a file.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    yield bytes.subarray(start, start + CHUNK_BYTES);
  }
}

function counted(chunks: Iterable<Buffer> | AsyncIterable<Buffer>, taken: Taken): Readable {
  async function* count(): AsyncGenerator<Buffer> {
    let sum = 0;
    for await (const chunk of chunks) {
      yield chunk;
      sum += chunk.length;
      taken(sum);
    }
  }
  return Readable.from(count(), { objectMode: false });
}
