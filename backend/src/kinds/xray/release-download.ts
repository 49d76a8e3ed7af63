import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { StepFailure } from '../../operations/index.js';

/** What to download, and how it must be. */
export interface WantedFile {
  readonly url: string;
  readonly sha256: string;
  /** More bytes than this are not taken. */
  readonly maxBytes: number;
}

/** What a download is told and tells. */
export interface DownloadContext {
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly progress: (progress: { done: number; total: number; unit: 'bytes' }) => void;
}

const REDIRECT_LIMIT = 5;
const IDLE_MS = 30_000;

/**
 * Files the manager downloaded, by their digest: a file is there whole and with the digest it must have,
 * or not at all. Two that want the same file at the same time download it twice and keep one.
 */
export class DownloadCache {
  constructor(private readonly directory: string) {}

  /** The path of the file, downloaded unless it is there. @throws StepFailure */
  async file(wanted: WantedFile, context: DownloadContext): Promise<string> {
    const final = path.join(this.directory, wanted.sha256);
    if (await hasDigest(final, wanted.sha256)) {
      context.log(`${path.basename(new URL(wanted.url).pathname)} was downloaded before`);
      return final;
    }
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const draft = path.join(this.directory, `.${randomUUID()}`);
    try {
      await download(wanted, draft, context);
      await rename(draft, final);
    } finally {
      await rm(draft, { force: true });
    }
    return final;
  }
}

async function download(
  wanted: WantedFile,
  target: string,
  context: DownloadContext,
): Promise<void> {
  context.log(`downloading ${wanted.url}`);
  const idle = new IdleSignal(IDLE_MS);
  const signal = AbortSignal.any([context.signal, idle.signal]);
  try {
    const { body, size } = await opened(new URL(wanted.url), signal);
    const digest = createHash('sha256');
    const meter = metered(wanted, size, (chunk, done, total) => {
      idle.restart();
      digest.update(chunk);
      context.progress({ done, total, unit: 'bytes' });
    });
    const file = createWriteStream(target, { flags: 'wx', mode: 0o600 });
    await pipeline(Readable.fromWeb(body), meter, file, { signal });
    refuseOtherDigest(digest.digest('hex'), wanted);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof StepFailure) throw error;
    const reason = idle.signal.aborted ? 'nothing came for too long' : reasonOf(error);
    throw new StepFailure(
      'download',
      'download_failed',
      `${wanted.url} could not be downloaded by the manager: ${reason}. Check its way to the Internet, or set xray.mirror_url.`,
      { cause: error },
    );
  } finally {
    idle.stop();
  }
}

/** Aborts when nothing happened for a while. */
class IdleSignal {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(idleMs: number) {
    this.timer = setTimeout(() => {
      this.controller.abort();
    }, idleMs);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  restart(): void {
    this.timer.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** Follows redirects, to https only: a mirror must not send the manager elsewhere in the clear. */
async function opened(
  first: URL,
  signal: AbortSignal,
): Promise<{ body: ReadableStream; size: number | null }> {
  let url = first;
  for (let redirects = 0; redirects <= REDIRECT_LIMIT; redirects += 1) {
    const answer = await fetch(url, { signal, redirect: 'manual' });
    if (answer.status === 200 && answer.body) {
      const length = Number(answer.headers.get('content-length'));
      return {
        body: answer.body,
        size: Number.isSafeInteger(length) && length > 0 ? length : null,
      };
    }
    await answer.body?.cancel();
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status >= 400 || location === null) {
      throw refused(url, `it answered ${String(answer.status)}`);
    }
    url = new URL(location, url);
    if (url.protocol !== 'https:') throw refused(first, 'it redirects to an address without TLS');
  }
  throw refused(first, 'it redirects too often');
}

function metered(
  { url, maxBytes }: WantedFile,
  size: number | null,
  took: (chunk: Buffer, done: number, total: number) => void,
): Transform {
  let done = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      if (done > maxBytes) {
        next(refused(new URL(url), `it sends more than ${String(maxBytes)} bytes`));
        return;
      }
      took(chunk, done, Math.max(size ?? maxBytes, done));
      next(null, chunk);
    },
  });
}

function refuseOtherDigest(actual: string, { url, sha256 }: WantedFile): void {
  if (actual === sha256) return;
  throw new StepFailure(
    'download',
    'digest_mismatch',
    `${url} is not the file that is pinned: its SHA-256 is ${actual}, pinned is ${sha256}. Nothing was unpacked.`,
  );
}

function refused(url: URL, why: string): StepFailure {
  return new StepFailure('download', 'download_refused', `${url.href} cannot be used: ${why}.`);
}

async function hasDigest(file: string, sha256: string): Promise<boolean> {
  if (!(await stat(file).catch(() => null))?.isFile()) return false;
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex') === sha256;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says only "fetch failed"; what it met is the cause.
  const { cause } = error;
  return cause instanceof Error ? cause.message || cause.name : error.message;
}
