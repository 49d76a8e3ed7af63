import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream, mkdirSync, realpathSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GetFileQuery, PutFileQuery, PutFileResult } from '@myx/protocol';
import { removeIfPresent, syncDirectory } from '../durable-file.ts';
import { codeOf } from '../log.ts';
import type { Admitted } from '../rpc/gate.ts';
import { respond } from '../rpc/responses.ts';
import { checkedParent, ForbiddenPath } from './file-place.ts';

/** What arrived is not what was announced. */
class ContentMismatch extends Error {
  override readonly name = 'ContentMismatch';
}

/** Serves `GET` and `PUT` of `/{rpc_path}/files`; bodies stream and are never held in memory. */
export class FileTransfer {
  readonly #roots: readonly string[];

  /** @param roots directories whose files may be read and written */
  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** Answers one admitted request. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    admitted: Admitted,
  ): Promise<void> {
    const query = Object.fromEntries(new URLSearchParams(admitted.query));
    try {
      if (request.method === 'PUT') await this.#put(request, response, query, admitted.bodyDigest);
      else await this.#get(response, query);
    } catch (error) {
      const answer = refusalOf(error);
      if (answer === undefined) throw error;
      respond(response, answer.status, { error: answer.reason });
    }
  }

  async #put(
    request: IncomingMessage,
    response: ServerResponse,
    query: Record<string, string>,
    bodyDigest: string,
  ): Promise<void> {
    const parsed = PutFileQuery.safeParse(query);
    if (!parsed.success || parsed.data.sha256 !== bodyDigest) {
      respond(response, 400, { error: 'query is not path, sha256, size and mode of a file' });
      return;
    }
    const { path: file, sha256, size, mode } = parsed.data;
    const directory = checkedParent(file, this.#roots);
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    if (realpathSync(directory) !== directory) throw new ForbiddenPath('the directory moved');
    const temporary = path.join(directory, `.${randomBytes(12).toString('hex')}.part`);
    try {
      await receive(request, temporary, { sha256, size, mode: Number.parseInt(mode, 8) });
      renameSync(temporary, file);
    } finally {
      removeIfPresent(temporary);
    }
    syncDirectory(directory);
    const answer = Buffer.from(JSON.stringify(PutFileResult.parse({ path: file, size, sha256 })));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': answer.length,
    });
    response.end(answer);
  }

  async #get(response: ServerResponse, query: Record<string, string>): Promise<void> {
    const parsed = GetFileQuery.safeParse(query);
    if (!parsed.success) {
      respond(response, 400, { error: 'query is not the path of a file' });
      return;
    }
    const file = parsed.data.path;
    checkedParent(file, this.#roots);
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(file, flags);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new ForbiddenPath('not a regular file');
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': stats.size,
        'cache-control': 'no-store',
      });
      if (stats.size === 0) response.end();
      else await send(handle, file, stats.size, response);
    } finally {
      await handle.close();
    }
  }
}

interface Announced {
  readonly sha256: string;
  readonly size: number;
  readonly mode: number;
}

async function receive(
  request: IncomingMessage,
  temporary: string,
  announced: Announced,
): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(temporary, flags, 0o600);
  try {
    const hash = createHash('sha256');
    let received = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      received += chunk.length;
      if (received > announced.size) throw new ContentMismatch('more bytes than announced');
      hash.update(chunk);
      await writeAll(handle, chunk);
    }
    if (received !== announced.size) throw new ContentMismatch('fewer bytes than announced');
    if (hash.digest('hex') !== announced.sha256) throw new ContentMismatch('another digest');
    await handle.chmod(announced.mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    written += (await handle.write(chunk, written)).bytesWritten;
  }
}

/** Sends exactly the announced length, even when the file grows meanwhile. */
async function send(
  handle: FileHandle,
  file: string,
  size: number,
  response: ServerResponse,
): Promise<void> {
  const stream = createReadStream(file, {
    fd: handle.fd,
    autoClose: false,
    start: 0,
    end: size - 1,
  });
  await pipeline(stream, response);
}

function refusalOf(error: unknown): { status: number; reason: string } | undefined {
  if (error instanceof ForbiddenPath) return { status: 403, reason: error.message };
  if (error instanceof ContentMismatch) return { status: 422, reason: error.message };
  switch (codeOf(error)) {
    case 'ENOENT':
      return { status: 404, reason: 'no such file' };
    case 'ELOOP':
      return { status: 403, reason: 'the path is a symbolic link' };
    case 'ENOTDIR':
    case 'EISDIR':
      return { status: 409, reason: 'a directory stands where a file should, or the reverse' };
    case 'ENOSPC':
      return { status: 507, reason: 'no space left' };
    default:
      return undefined;
  }
}
