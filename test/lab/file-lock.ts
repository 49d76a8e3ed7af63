import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { environmentWith } from './run-program.ts';

/**
 * Runs `work` while holding an exclusive lock on a file, across processes.
 *
 * The kernel holds the lock for a `cat` that lives as long as our end of its pipe is open: when this
 * process is killed in whatever way, the lock is free again.
 */
export async function withFileLock<T>(
  file: string,
  waitSeconds: number,
  work: () => Promise<T>,
): Promise<T> {
  const release = await lock(file, waitSeconds);
  try {
    return await work();
  } finally {
    await release();
  }
}

function lock(file: string, waitSeconds: number): Promise<() => Promise<void>> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  // Detached: a Ctrl-C in the terminal must not take the lock away while we clean up.
  const holder = spawn('flock', ['-x', '-w', String(waitSeconds), file, 'cat'], {
    detached: true,
    env: environmentWith({}),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    holder.on('close', () => {
      resolve();
    });
    holder.on('error', () => {
      resolve();
    });
  });
  holder.stdin.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    holder.stdout.once('data', () => {
      resolve(async () => {
        holder.stdin.end();
        await ended;
      });
    });
    void ended.then(() => {
      reject(
        new Error(
          `No lock on ${file} within ${waitSeconds} s. Another lab command holds it (fuser -v ${file}), ` +
            'or flock is missing (node test/support/system-packages.ts lab).',
        ),
      );
    });
    // cat echoes this only once flock has let it start.
    holder.stdin.write('locked\n');
  });
}
