/** Unit that copies the output of a command. */
export function copyUnit(commandId: string): string {
  return `myx-output-${commandId}.service`;
}

/** Size of the record below, bytes: written before, so that a full disk has room for it. */
const RECORD_BYTES = 32;

/** What the copier's record holds until it has finished. */
export const BLANK_RECORD = `${' '.repeat(RECORD_BYTES - 1)}\n`;

/** What the copier's record holds when every byte is in the spool files. */
export const ALL_COPIED = 'copied|0|0';

/**
 * Copies both pipes of a command into its spool files until the last writer is gone, then says so.
 *
 * tee(1) goes on reading when it can no longer write: on a full disk the command neither blocks nor
 * sees an error, and the status of tee tells that output is missing. Signals are ignored so that ending
 * a command cannot cut off its last words. Arguments: stdout, its pipe, stderr, its pipe, record.
 */
export const COPY_SCRIPT = [
  `trap '' HUP INT TERM`,
  `tee -a -- "$1" <"$2" >/dev/null & first=$!`,
  `tee -a -- "$3" <"$4" >/dev/null; second=$?`,
  `wait "$first"; first=$?`,
  `printf '%-${RECORD_BYTES - 1}s\\n' "copied|$first|$second" 1<>"$5"`,
].join('\n');
