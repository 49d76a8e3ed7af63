import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Where programs are looked up unless the command brings a PATH; what systemd gives its services. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Absolute path of a program as execvp(3) finds it: a name without slash in the directories of
 * `searchPath`, any other as it is. Undefined when no directory has it.
 */
export function findProgram(
  command: string,
  searchPath: string = DEFAULT_PATH,
): string | undefined {
  if (path.isAbsolute(command)) return command;
  if (command.includes('/')) return undefined;
  return searchPath
    .split(':')
    .filter((directory) => path.isAbsolute(directory))
    .map((directory) => path.join(directory, command))
    .find(isExecutableFile);
}

function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not executable: the next directory may have it.
    return false;
  }
}
