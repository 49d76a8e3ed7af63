import type { Readable, Writable } from 'node:stream';
import { Deadline, abortReason, untilAborted } from './deadline.js';
import { StartMarkFilter, StartMarks } from './start-marker.js';
import { elevatedArgv, sudoFailure } from './sudo.js';
import type { Elevation } from './sudo.js';
import { TransportError } from './transport-error.js';
import type { OutputStream, RunOptions, RunResult } from './transport.js';

const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_MAX_OUTPUT_BYTES = 1024 * 1024;
/** How long to wait for a program that is given up to tell its process group, when it is just starting. */
const START_GRACE_MS = 1000;
/** How long a program that is being ended may take to heed TERM before it gets KILL. */
const TERM_GRACE_MS = 1000;
/** How long sending one signal may take. */
const SIGNAL_TIMEOUT_MS = 5000;

/** A program that runs, as an adapter gives it: its three streams and its end. */
export interface StartedProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the program has ended and both outputs were read; rejects when its end will never be known. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly signal: string | null }>;
  /** Closes the streams at once, and kills the program as far as that needs no further rights. */
  release(): void;
}

/**
 * Starts an argument vector on a host, in a session of its own. Rejects with a TransportError when it
 * cannot. A program that was asked for before the signal aborted may be handed over after that: it is ended
 * then. `urgent`: does not wait for other programs to end first.
 */
export type StartProgram = (
  argv: readonly string[],
  signal: AbortSignal,
  urgent?: boolean,
) => Promise<StartedProgram>;

/**
 * Runs a program to its end as {@link Transport.run} promises, over whatever starts programs.
 *
 * Every program is started by a wrapper that announces it on both output streams. So output of login
 * scripts and of sudo never mixes with the program's, the password reaches sudo and only sudo (it is
 * written after sudo's own random prompt was seen, and never when there was none), the program's input
 * is written only when the program is there to read it, and its process group is known.
 */
export async function runCommand(
  start: StartProgram,
  argv: readonly string[],
  options: RunOptions,
  elevation: Elevation,
): Promise<RunResult> {
  return runSession(start, argv, options, elevation, endProgram);
}

/** What is done with a program that its caller no longer waits for. Must not reject. */
type GiveUp = (
  start: StartProgram,
  program: StartedProgram,
  session: Session,
  elevation: Elevation,
) => Promise<void>;

async function runSession(
  start: StartProgram,
  argv: readonly string[],
  options: RunOptions,
  elevation: Elevation,
  giveUp: GiveUp,
): Promise<RunResult> {
  if (!argv[0] || argv[0].startsWith('-'))
    throw new RangeError('The argument vector names no program.');
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  using deadline = new Deadline(timeoutMs, options.signal);
  const session = new Session(argv, options, elevation);
  let program: StartedProgram | undefined;
  try {
    deadline.signal.throwIfAborted();
    program = await start(session.argv, deadline.signal);
    if (deadline.signal.aborted) session.stopFeeding();
    session.attach(program);
    const end = await untilAborted(program.ended, deadline.signal);
    return session.result(end);
  } catch (error) {
    if (program) await giveUp(start, program, session, elevation);
    if (!deadline.signal.aborted) throw error;
    if (!deadline.expired) throw abortReason(deadline.signal);
    throw session.timedOut(timeoutMs);
  }
}

/** One program's streams: what goes in and when, what comes out and how much of it is kept. */
class Session {
  readonly argv: readonly string[];
  readonly #marks = new StartMarks();
  readonly #stdoutFilter = new StartMarkFilter(this.#marks);
  readonly #stderrFilter = new StartMarkFilter(this.#marks);
  readonly #stdout: Capture;
  readonly #stderr: Capture;
  readonly #programName: string;
  readonly #options: RunOptions;
  readonly #elevation: Elevation;
  readonly #begun = Promise.withResolvers<undefined>();
  #promptsSeen = 0;
  #isFed = false;

  constructor(argv: readonly string[], options: RunOptions, elevation: Elevation) {
    this.#options = options;
    this.#elevation = elevation;
    this.#programName = argv[0] ?? '';
    const maxBytes = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
    this.#stdout = new Capture(maxBytes);
    this.#stderr = new Capture(maxBytes);
    this.argv = elevatedArgv(this.#marks.wrap(argv), elevation, this.#marks.passwordPrompt);
  }

  /** The program's process group, when it got as far as starting. */
  get processGroup(): number | undefined {
    return this.#stderrFilter.processGroup;
  }

  /** Resolves when the program was reached, after which its process group is known. */
  get begun(): Promise<unknown> {
    return this.#begun.promise;
  }

  /** Writes nothing further to the program: neither password nor input. */
  stopFeeding(): void {
    this.#isFed = true;
  }

  attach(program: StartedProgram): void {
    // A program may end without reading all of its input; that it ended is reported by its exit.
    program.stdin.on('error', () => undefined);
    program.stdout.on('data', (chunk: Buffer) => {
      this.#take('stdout', this.#stdoutFilter.push(chunk), this.#stdout);
    });
    program.stderr.on('data', (chunk: Buffer) => {
      this.#take('stderr', this.#stderrFilter.push(chunk), this.#stderr);
      if (this.#stderrFilter.started) this.#begun.resolve(undefined);
      this.#feed(program.stdin);
    });
    this.#feed(program.stdin);
  }

  result(end: { readonly exitCode: number | null; readonly signal: string | null }): RunResult {
    if (!this.#stderrFilter.started) throw this.#neverStarted(end.exitCode);
    return {
      ...end,
      stdout: this.#stdout.bytes(),
      stderr: this.#stderr.bytes(),
      truncated: this.#stdout.truncated || this.#stderr.truncated,
    };
  }

  timedOut(timeoutMs: number): TransportError {
    const seconds = String(timeoutMs / 1000);
    if (this.#elevation.kind === 'sudo' && !this.#stderrFilter.started) {
      return new TransportError({
        layer: 'sudo',
        code: 'sudo_no_answer',
        message: `sudo did not start ${this.#programName} within ${seconds} s. It may be waiting for something other than a password, such as a second factor.`,
      });
    }
    return new TransportError({
      layer: 'command',
      code: 'command_timed_out',
      message: `${this.#programName} did not end within ${seconds} s and was stopped.`,
    });
  }

  #take(stream: OutputStream, bytes: Buffer, capture: Capture): void {
    if (bytes.length === 0) return;
    capture.push(bytes);
    this.#options.onOutput?.(stream, bytes);
  }

  /** Writes what may be written by now: the input when the program is there, before that the password. */
  #feed(stdin: Writable): void {
    if (this.#isFed) return;
    if (this.#elevation.kind === 'sudo' && !this.#stderrFilter.started) {
      this.#answerPrompt(stdin);
      return;
    }
    this.#isFed = true;
    const { input } = this.#options;
    if (input === undefined) stdin.end();
    else stdin.end(typeof input === 'string' ? Buffer.from(input) : input);
  }

  #answerPrompt(stdin: Writable): void {
    if (this.#elevation.kind !== 'sudo' || this.#elevation.password === undefined) return;
    const prompts = this.#stderrFilter.preamble.split(this.#marks.passwordPrompt).length - 1;
    if (prompts <= this.#promptsSeen) return;
    this.#promptsSeen = prompts;
    // A second prompt means that the password is wrong: another try would only help to lock the account.
    if (prompts === 1) stdin.write(`${this.#elevation.password}\n`);
    else stdin.end();
    this.#isFed = prompts > 1;
  }

  #neverStarted(exitCode: number | null): TransportError {
    const said = this.#stderrFilter.preamble.replaceAll(this.#marks.passwordPrompt, '');
    if (this.#elevation.kind === 'sudo') return sudoFailure(said, exitCode, this.#promptsSeen);
    return new TransportError({
      layer: 'command',
      code: 'login_shell_failed',
      message: `The login could not start a program${quoted(said || this.#stdoutFilter.preamble)}. Check that its shell is a POSIX shell and that it is allowed to run commands.`,
    });
  }
}

/** Keeps the first bytes of a stream and remembers whether there were more. */
class Capture {
  truncated = false;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(readonly maxBytes: number) {}

  push(bytes: Buffer): void {
    const room = this.maxBytes - this.#length;
    if (bytes.length > room) this.truncated = true;
    if (room <= 0) return;
    // Copied, so that a few kept bytes do not hold on to the whole buffer they arrived in.
    const kept = Buffer.from(bytes.subarray(0, room));
    this.#chunks.push(kept);
    this.#length += kept.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks, this.#length);
  }
}

/**
 * Ends a program: TERM, then KILL, to its process group. Root's programs can be ended by nothing else, so
 * one that is just starting is waited for.
 */
const endProgram: GiveUp = async (start, program, session, elevation) => {
  session.stopFeeding();
  const ended = program.ended.then(
    () => true,
    // Its end will never be known, because the connection is gone: nothing more can be done from here.
    () => true,
  );
  const isOver = await Promise.race([ended, immediately(false)]);
  if (!isOver) {
    using grace = new Deadline(START_GRACE_MS);
    await untilAborted(Promise.race([ended, session.begun]), grace.signal).catch(() => undefined);
  }
  const { processGroup } = session;
  if (!isOver && processGroup !== undefined) {
    for (const name of ['TERM', 'KILL']) {
      await signalGroup(start, processGroup, name, elevation);
      using grace = new Deadline(TERM_GRACE_MS);
      if (await untilAborted(ended, grace.signal).catch(() => false)) break;
    }
  }
  program.release();
};

/** Leaves a program alone. */
const abandonProgram: GiveUp = async (_start, program) => {
  program.release();
  return Promise.resolve();
};

async function signalGroup(
  start: StartProgram,
  group: number,
  name: string,
  elevation: Elevation,
): Promise<void> {
  const argv = ['/bin/sh', '-c', 'kill -s "$1" -- "-$2"', 'sh', name, String(group)];
  try {
    const urgently: StartProgram = (wrapped, signal) => start(wrapped, signal, true);
    await runSession(urgently, argv, { timeoutMs: SIGNAL_TIMEOUT_MS }, elevation, abandonProgram);
  } catch (error) {
    // The host cannot be reached any more: the caller is already being told why its own call failed.
    if (!(error instanceof TransportError)) throw error;
  }
}

async function immediately<T>(value: T): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve));
  return value;
}

function quoted(text: string): string {
  const line = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return line === '' ? '' : `, it said: ${line.slice(0, 300)}`;
}
