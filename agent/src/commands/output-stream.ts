import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import type { LogChunk, LogGap, LogType } from '@myx/protocol';
import { z } from 'zod';
import { writeFileDurably } from '../durable-file.ts';
import { codeOf, log, messageOf } from '../log.ts';
import { endOfPlan, nextGap, planRead, wireGap } from './output-bound.ts';
import type { Gap, OutputBound } from './output-bound.ts';

const StoredGap = z.strictObject({ from: z.int().min(0), to: z.int().min(0) });

/** What a read of one stream found. */
export interface StreamRead {
  readonly chunks: readonly LogChunk[];
  readonly gaps: readonly LogGap[];
  readonly newOffset: number;
  /** Bytes read, gaps not counted. */
  readonly bytes: number;
}

/** At most this many bytes make one chunk; a multiple of three, so that base64 needs no padding within. */
const CHUNK_BYTES = 192 * 1024;

/** Used for every read: output is read and encoded in one go, so two never need it at the same time. */
const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);

/**
 * One output stream of a command in a spool file. Offsets are absolute: releasing the middle of the
 * file makes a hole and moves nothing.
 */
export class OutputStream {
  readonly type: LogType;
  readonly #file: string;
  readonly #gapFile: string;
  readonly #bound: OutputBound;
  #gap: Gap | undefined;
  #canRelease = true;

  constructor(type: LogType, file: string, bound: OutputBound) {
    this.type = type;
    this.#file = file;
    this.#gapFile = `${file}.gap`;
    this.#bound = bound;
    this.#gap = readGap(this.#gapFile);
  }

  /** Total bytes the stream has produced, released ones included. */
  get size(): number {
    return sizeOf(this.#file);
  }

  /** Bytes the stream occupies on disk. */
  get allocatedBytes(): number {
    return (statSync(this.#file, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
  }

  /** Reads up to `maxBytes` from `offset`; an offset beyond the end reads nothing. */
  read(offset: number, maxBytes: number): StreamRead {
    const size = this.size;
    const planned = planRead(offset, size, maxBytes, this.#gap);
    const chunks: LogChunk[] = [];
    const gaps: LogGap[] = [];
    let bytes = 0;
    const wanted = planned.filter((part) => part.kind === 'bytes');
    if (wanted.length > 0) {
      const descriptor = openSync(this.#file, constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        for (const part of wanted) {
          chunks.push(...readChunks(descriptor, this.type, part.offset, part.length));
          bytes += part.length;
        }
      } finally {
        closeSync(descriptor);
      }
    }
    for (const part of planned) if (part.kind === 'gap') gaps.push(wireGap(this.type, part));
    return { chunks, gaps, newOffset: endOfPlan(offset, planned), bytes };
  }

  /**
   * Releases the middle of the file when it has outgrown its bound. The gap is durable before its
   * bytes go, so zeros of the hole are never taken for output.
   */
  async release(): Promise<void> {
    const gap = nextGap(this.size, this.#bound, this.#gap);
    if (gap === undefined || gap.to === this.#gap?.to || !this.#canRelease) return;
    writeFileDurably(this.#gapFile, JSON.stringify(gap), 0o600);
    const punchFrom = this.#gap?.to ?? gap.from;
    this.#gap = gap;
    try {
      await promisify(execFile)('fallocate', [
        '--punch-hole',
        '--keep-size',
        '--offset',
        String(punchFrom),
        '--length',
        String(gap.to - punchFrom),
        this.#file,
      ]);
    } catch (error) {
      // EOPNOTSUPP on a file system without holes: the gap stays declared, its blocks stay in use.
      this.#canRelease = false;
      log('warn', 'output cannot be released', { stream: this.type, error: messageOf(error) });
    }
  }
}

function readChunks(descriptor: number, type: LogType, offset: number, length: number): LogChunk[] {
  const chunks: LogChunk[] = [];
  for (let done = 0; done < length;) {
    const wanted = Math.min(CHUNK_BYTES, length - done);
    const count = readSync(descriptor, buffer, 0, wanted, offset + done);
    if (count === 0) throw new Error(`${type} became shorter while it was read`);
    chunks.push({
      log_type: type,
      offset: offset + done,
      log_data: buffer.toString('base64', 0, count),
    });
    done += count;
  }
  return chunks;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readGap(file: string): Gap | undefined {
  try {
    return StoredGap.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // No file: nothing was released yet. Anything else would make holes look like output.
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
