import { TransportError } from './transport-error.js';
import type { ReadFileOptions, RunOptions, RunResult } from './transport.js';

const DEFAULT_MAX_FILE_BYTES = 1024 * 1024;

/** Runs a program on the host, as {@link Transport.run} does. */
export type Run = (argv: readonly string[], options: RunOptions) => Promise<RunResult>;

// Exit codes of READ_SCRIPT beside those of head.
const NOT_FOUND = 64;
const NOT_A_FILE = 65;
const UNREADABLE = 66;

/** $1 is the file, $2 how much of it to write out. */
const READ_SCRIPT = `
[ -e "$1" ] || exit ${String(NOT_FOUND)}
[ -f "$1" ] || exit ${String(NOT_A_FILE)}
[ -r "$1" ] || exit ${String(UNREADABLE)}
exec head -c "$2" -- "$1"`;

/** Reads a regular file through a program of the host; see {@link Transport.readFile}. */
export async function readHostFile(
  run: Run,
  path: string,
  options: ReadFileOptions,
): Promise<Uint8Array> {
  const { maxBytes = DEFAULT_MAX_FILE_BYTES, ...runOptions } = options;
  const limit = maxBytes + 1;
  const argv = ['/bin/sh', '-c', READ_SCRIPT, 'sh', path, String(limit)];
  const result = await run(argv, { ...runOptions, maxOutputBytes: limit });
  if (result.exitCode !== 0) throw readError(path, result);
  if (result.stdout.length > maxBytes) {
    throw fileError('file_too_large', `${path} is larger than ${String(maxBytes)} bytes.`);
  }
  return result.stdout;
}

function readError(path: string, result: RunResult): TransportError {
  switch (result.exitCode) {
    case NOT_FOUND:
      return fileError('file_not_found', `${path} does not exist, or the login may not see it.`);
    case NOT_A_FILE:
      return fileError('not_a_file', `${path} is not a regular file.`);
    case UNREADABLE:
      return fileError('file_unreadable', `The login may not read ${path}.`);
    default:
      return fileError('file_unreadable', `${path} could not be read: ${lastLine(result.stderr)}`);
  }
}

/** $1 is the uploaded file, $2 where it goes, $3 its mode, $4 a free name beside it. Runs as root. */
const INSTALL_SCRIPT = `
[ -d "$2" ] && { echo "is a directory" >&2; exit 1; }
install -m "$3" -o root -g root -- "$1" "$4" && mv -f -- "$4" "$2" && exit 0
rm -f -- "$4"
exit 1`;

/** A private directory of the login, in its home if there is one, because /tmp is often small. */
const MAKE_DIRECTORY_SCRIPT =
  'umask 077; mktemp -d "$HOME/.myx-upload.XXXXXXXXXX" 2>/dev/null || mktemp -d "${TMPDIR:-/tmp}/.myx-upload.XXXXXXXXXX"';

/**
 * Puts a file where only root may write: `send` uploads it into a directory that only the login can
 * enter, and root installs it from there under a new name and renames it into place. The directory is
 * removed, also after a failure, as long as the host can be reached.
 */
export async function installAsRoot(
  run: Run,
  send: (path: string) => Promise<void>,
  remotePath: string,
  options: { readonly mode: number; readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = options;
  const made = await run(['/bin/sh', '-c', MAKE_DIRECTORY_SCRIPT], { signal });
  const directory = Buffer.from(made.stdout).toString().trim();
  if (made.exitCode !== 0 || !directory.startsWith('/')) {
    throw fileError(
      'no_upload_directory',
      `The login has no directory for uploads: ${lastLine(made.stderr)}`,
    );
  }
  try {
    const uploaded = `${directory}/file`;
    await send(uploaded);
    const suffix = directory.slice(-10);
    const argv = [
      '/bin/sh',
      '-c',
      INSTALL_SCRIPT,
      'sh',
      uploaded,
      remotePath,
      options.mode.toString(8),
      `${remotePath}.${suffix}.part`,
    ];
    const installed = await run(argv, { sudo: true, signal });
    if (installed.exitCode !== 0) {
      throw fileError(
        'write_failed',
        `${remotePath} could not be written: ${lastLine(installed.stderr)}`,
      );
    }
  } finally {
    await removeDirectory(run, directory);
  }
}

async function removeDirectory(run: Run, directory: string): Promise<void> {
  try {
    await run(['rm', '-rf', '--', directory], { timeoutMs: 10_000 });
  } catch (error) {
    // The host is out of reach; the directory is private and stays behind. The caller hears why.
    if (!(error instanceof TransportError)) throw error;
  }
}

function lastLine(stderr: Uint8Array): string {
  const text = Buffer.from(stderr)
    .toString()
    .replace(/[^\x20-\x7e\n]+/g, ' ')
    .trim();
  return text.split('\n').at(-1)?.slice(0, 300) ?? '';
}

function fileError(code: string, message: string): TransportError {
  return new TransportError({ layer: 'file', code, message });
}
