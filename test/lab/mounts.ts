import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './run-program.ts';

/** Takes away what is mounted at that folder and below, the innermost first. */
export async function unmountBelow(folder: string): Promise<void> {
  for (const mount of mountsBelow(folder)) await unmount(mount);
}

/** Removes a folder of the lab's with all its content, never reaching through a mount. */
export async function removeTree(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  await unmountBelow(folder);
  const left = mountsBelow(folder);
  if (left.length > 0) {
    throw new Error(`Not removing ${folder}: something is still mounted at ${left.join(', ')}.`);
  }
  await rm(folder, { recursive: true, force: true });
}

async function unmount(mount: string): Promise<void> {
  // The kernel may hold a mount for a moment after the last process in it has ended.
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const outcome = await run(['umount', mount]);
    if (outcome.code === 0 || !mountsBelow(mount).includes(mount)) return;
    await sleep(20);
  }
  await run(['umount', '--lazy', mount]);
}

function mountsBelow(folder: string): readonly string[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return lines
    .map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
    .filter((mount) => mount === folder || mount.startsWith(`${folder}/`))
    .reverse();
}
