import { randomBytes } from 'node:crypto';

/**
 * What a program may be preceded by before it counts as never started: login scripts, sudo's lecture.
 * Beyond it the bytes are dropped, not kept.
 */
const MAX_PREAMBLE_BYTES = 64 * 1024;

/**
 * Announces on both streams that the program starts now, with its process group, and becomes it. Reads
 * the group from /proc (field 5 of stat, see proc_pid_stat(5)), because a shell knows only its own id.
 */
const WRAPPER =
  'read -r _ _ _ _ g _ </proc/$$/stat || g=$$; printf "%s %s\\n" "$0" "$g"; printf "%s %s\\n" "$0" "$g" >&2; exec "$@"';

/**
 * The marks by which one start of a program is recognised in its output. They are random, so that
 * nothing that a host prints by itself is taken for one.
 */
export class StartMarks {
  readonly started: string;
  /** The prompt that sudo is told to use; the password is written only after it was seen. */
  readonly passwordPrompt: string;

  constructor(nonce: string = randomBytes(12).toString('hex')) {
    this.started = `${nonce}-started`;
    this.passwordPrompt = `${nonce}-password:`;
  }

  /** The argument vector that announces the program and then becomes it. */
  wrap(argv: readonly string[]): readonly string[] {
    return ['/bin/sh', '-c', WRAPPER, this.started, ...argv];
  }
}

/**
 * Splits a stream at the mark of {@link StartMarks.wrap}: what comes before belongs to the login or to
 * sudo, what comes after is the program's own.
 */
export class StartMarkFilter {
  #preamble = Buffer.alloc(0);
  #started = false;
  #processGroup: number | undefined;
  readonly #mark: Buffer;

  constructor(marks: StartMarks) {
    this.#mark = Buffer.from(`${marks.started} `);
  }

  /** Whether the mark was seen: the program was reached. */
  get started(): boolean {
    return this.#started;
  }

  /** The program's process group, once the mark was seen. Always greater than 1. */
  get processGroup(): number | undefined {
    return this.#processGroup;
  }

  /** What was written before the mark, at most its last 64 KiB. */
  get preamble(): string {
    return this.#preamble.toString('utf8');
  }

  /** Takes the next bytes of the stream and gives back those that are the program's own. */
  push(chunk: Buffer): Buffer {
    if (this.#started) return chunk;
    this.#preamble = Buffer.concat([this.#preamble, chunk]);
    const at = this.#preamble.indexOf(this.#mark);
    const lineEnd = at < 0 ? -1 : this.#preamble.indexOf(0x0a, at);
    if (lineEnd < 0) {
      this.#preamble = this.#preamble.subarray(-MAX_PREAMBLE_BYTES);
      return Buffer.alloc(0);
    }
    this.#started = true;
    const group = Number(this.#preamble.subarray(at + this.#mark.length, lineEnd).toString());
    // Signalling group 1 or 0 would reach far more than this program.
    if (Number.isSafeInteger(group) && group > 1) this.#processGroup = group;
    const own = this.#preamble.subarray(lineEnd + 1);
    this.#preamble = this.#preamble.subarray(0, at);
    return own;
  }
}
