import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { AgentConfig } from '@myx/protocol';
import { codeOf, messageOf } from '../log.ts';
import { StartupError } from './startup-error.ts';

/**
 * Reads and checks the agent's configuration file.
 *
 * @throws StartupError when the file is missing, not a plain file, owned by another user, accessible to
 * group or others, not JSON, or not what the contract asks for. Messages name fields, never values.
 */
export function loadConfig(file: string): AgentConfig {
  const parsed = AgentConfig.safeParse(parseJson(file, readPrivateFile(file)));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, code, message }) =>
      `${path.length === 0 ? '(the whole file)' : path.join('.')}: ${code === 'unrecognized_keys' ? 'unknown field' : message}`,
  );
  throw new StartupError(`${file} is not a valid agent configuration: ${problems.join('; ')}.`);
}

/**
 * Reads a file that only its owner, this process's user, may access. The checks are made on the open
 * file, so it cannot be exchanged in between.
 *
 * @throws StartupError saying which of that is not so.
 */
export function readPrivateFile(file: string): string {
  const descriptor = openExisting(file);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new StartupError(`${file} is not a regular file.`);
    const user = process.geteuid?.() ?? 0;
    if (stats.uid !== user) {
      throw new StartupError(
        `${file} is owned by user ${stats.uid}; it must be owned by user ${user}.`,
      );
    }
    if ((stats.mode & 0o077) !== 0) {
      const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
      throw new StartupError(
        `${file} has mode ${mode}: others may access it. Run: chmod 0600 ${file}`,
      );
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function openExisting(file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    // Whatever the reason, without this file there is nothing to run with.
    if (codeOf(error) === 'ENOENT') throw new StartupError(`${file} does not exist.`);
    if (codeOf(error) === 'ELOOP') throw new StartupError(`${file} is a symbolic link.`);
    throw new StartupError(`${file} cannot be read: ${messageOf(error)}.`);
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A SyntaxError quotes the text around the fault, and the text holds a secret.
    throw new StartupError(`${file} is not valid JSON.`);
  }
}
