import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { SFTPWrapper } from 'ssh2';
import { Deadline, abortReason, untilAborted } from '../transport/deadline.js';
import type { UploadSource } from '../transport/transport.js';
import { SshError, printable, sshError } from './ssh-errors.js';

/** One write request; every SFTP server takes packets of 34,000 bytes (draft-ietf-secsh-filexfer-02, 3). */
const CHUNK_BYTES = 32 * 1024;
/** Requests on their way at once: enough to fill a link of 1 Gbit/s at a round trip of 16 ms. */
const MAX_IN_FLIGHT = 64;

/** How long removing the part of a failed upload may take. */
const REMOVE_TIMEOUT_MS = 5000;

/** How a file is put on the host. */
export interface SftpUploadOptions {
  readonly mode: number;
  readonly onProgress?: ((sent: number, total: number) => void) | undefined;
}

/**
 * Writes a file under a new name in the same directory, readable by its owner alone until it is whole,
 * and renames it into place. Keeps many writes in flight, as the SSH library's own fastPut does, but can
 * be stopped at any time. A failed upload removes its part.
 *
 * @throws SshError of layer `sftp`; the signal's reason when it aborts.
 */
export async function sftpUpload(
  sftp: SFTPWrapper,
  source: UploadSource,
  remotePath: string,
  options: SftpUploadOptions,
  signal: AbortSignal,
): Promise<void> {
  const part = `${remotePath}.${randomBytes(6).toString('hex')}.part`;
  const reader = await openSource(source);
  try {
    await untilAborted(writeFile(sftp, reader, part, options, signal), signal);
    await untilAborted(
      request((done) => {
        sftp.ext_openssh_rename(part, remotePath, done);
      }),
      signal,
    );
  } catch (error) {
    if (!(signal.reason instanceof SshError)) await removePart(sftp, part);
    throw signal.aborted ? abortReason(signal) : explain(error, remotePath);
  } finally {
    await reader.close();
  }
}

async function writeFile(
  sftp: SFTPWrapper,
  reader: SourceReader,
  part: string,
  options: SftpUploadOptions,
  signal: AbortSignal,
): Promise<void> {
  const handle = await request<Buffer>((done) => {
    sftp.open(part, 'wx', { mode: 0o600 }, done);
  });
  let next = 0;
  let sent = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < reader.size && !signal.aborted && !failed) {
      const at = next;
      const length = Math.min(CHUNK_BYTES, reader.size - at);
      next += length;
      const bytes = await reader.read(at, length);
      await request((done) => {
        sftp.write(handle, bytes, 0, length, at, done);
      });
      sent += length;
      options.onProgress?.(sent, reader.size);
    }
  };
  const lanes = Array.from({ length: MAX_IN_FLIGHT }, lane);
  await Promise.all(lanes).catch((error: unknown) => {
    failed = true;
    throw error;
  });
  signal.throwIfAborted();
  await request((done) => {
    sftp.fchmod(handle, options.mode, done);
  });
  await request((done) => {
    sftp.close(handle, done);
  });
}

/** What is sent, read piece by piece. */
interface SourceReader {
  readonly size: number;
  read(position: number, length: number): Promise<Buffer> | Buffer;
  close(): Promise<void>;
}

async function openSource(source: UploadSource): Promise<SourceReader> {
  if ('bytes' in source) {
    const whole = Buffer.from(
      source.bytes.buffer,
      source.bytes.byteOffset,
      source.bytes.byteLength,
    );
    return {
      size: whole.length,
      read: (position, length) => whole.subarray(position, position + length),
      close: () => Promise.resolve(),
    };
  }
  const file = await open(source.path, 'r');
  return {
    size: (await file.stat()).size,
    read: async (position, length) => {
      const { buffer, bytesRead } = await file.read(
        Buffer.allocUnsafe(length),
        0,
        length,
        position,
      );
      if (bytesRead !== length)
        throw new Error(`${source.path} became shorter while it was being uploaded.`);
      return buffer;
    },
    close: () => file.close(),
  };
}

/** One SFTP request as a promise; also for what the library refuses at once. */
function request<T>(send: (done: (error?: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    send((error, value) => {
      if (error) reject(error);
      else resolve(value as T);
    });
  });
}

/** Removes what a failed upload left. Waits for it, because closing the channel would drop the request. */
async function removePart(sftp: SFTPWrapper, path: string): Promise<void> {
  using deadline = new Deadline(REMOVE_TIMEOUT_MS);
  const removed = request((done) => {
    sftp.unlink(path, done);
  });
  try {
    await untilAborted(removed, deadline.signal);
  } catch (error) {
    // There may be nothing to remove, or no way to do it; the first error is the one to tell.
    if (!(error instanceof Error)) throw error;
  }
}

/** The status codes of draft-ietf-secsh-filexfer-02, section 7, as what to do about them. */
function explain(error: unknown, remotePath: string): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as Error & { readonly code?: unknown };
  if (code === 2)
    return failure('directory_missing', `The directory of ${remotePath} does not exist.`, error);
  if (code === 3) {
    return failure(
      'permission_denied',
      `The login may not write ${remotePath}. Use sudo or another directory.`,
      error,
    );
  }
  if (code === 4) {
    return failure(
      'write_failed',
      `The host could not write ${remotePath}. Its disk may be full, the file system read-only, or the path a directory.`,
      error,
    );
  }
  if (error.message.includes('does not support')) {
    return failure(
      'rename_unsupported',
      "The host's SFTP server cannot replace a file (posix-rename).",
      error,
    );
  }
  if (typeof code === 'string') return error;
  return failure('sftp_failed', `Writing ${remotePath} failed: ${printable(error.message)}`, error);
}

function failure(code: string, message: string, cause: Error): SshError {
  return sshError('sftp', code, message, cause);
}
