/**
 * Writes an argument vector as a POSIX shell command line: the shell hands the program exactly these
 * arguments (POSIX.1-2024, Shell Command Language, 2.2.2 Single-Quotes). The only place where a command
 * line is ever put together, because the SSH protocol (RFC 4254, 6.5) knows no argument vectors.
 *
 * @throws RangeError for an empty vector, and for an argument with a NUL, which no program can receive.
 */
export function quoteArgv(argv: readonly string[]): string {
  if (argv.length === 0) throw new RangeError('An empty argument vector names no program.');
  return argv.map(quote).join(' ');
}

function quote(argument: string): string {
  if (argument.includes('\0')) throw new RangeError('An argument holds a NUL character.');
  // Also plain words: unquoted, `if` would be a keyword.
  return `'${argument.replaceAll("'", "'\\''")}'`;
}
