import { statfs } from 'node:fs/promises';
import { log, messageOf } from '../log.ts';

/** A mounted file system. */
export interface Mount {
  readonly device: string;
  readonly path: string;
  readonly filesystem: string;
}

/** A mounted file system with its size, bytes. */
export interface MountUsage extends Mount {
  readonly totalBytes: number;
  /** Free for users other than root. */
  readonly availableBytes: number;
}

/** File systems that hold data on something with a size of its own. */
const DATA_FILESYSTEMS = new Set(
  'bcachefs btrfs ext2 ext3 ext4 f2fs jfs ntfs ntfs3 overlay reiserfs vfat xfs zfs'.split(' '),
);

/**
 * Mounts that hold data, from /proc/self/mounts (fstab(5)). Each device once, at its shortest path, so
 * that bind mounts are not counted again.
 */
export function parseMounts(text: string): Mount[] {
  const byDevice = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const [device = '', path = '', filesystem = ''] = line.split(' ').map(unescape);
    if (!DATA_FILESYSTEMS.has(filesystem)) continue;
    const key = filesystem === 'overlay' ? `overlay ${path}` : device;
    const known = byDevice.get(key);
    if (known === undefined || path.length < known.path.length) {
      byDevice.set(key, { device, path, filesystem });
    }
  }
  return [...byDevice.values()];
}

/** Blanks and backslashes are written in octal. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_whole, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** Sizes of mounts; one that does not answer is left out. */
export async function usageOf(mounts: readonly Mount[]): Promise<MountUsage[]> {
  const usages: MountUsage[] = [];
  for (const mount of mounts) {
    try {
      const { blocks, bavail, bsize } = await statfs(mount.path);
      usages.push({ ...mount, totalBytes: blocks * bsize, availableBytes: bavail * bsize });
    } catch (error) {
      // Unmounted meanwhile, or out of reach in the sandbox: the others are still worth telling.
      log('warn', 'file system not measured', { path: mount.path, error: messageOf(error) });
    }
  }
  return usages;
}
