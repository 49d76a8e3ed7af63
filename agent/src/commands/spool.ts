import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { CommandId, CommandResult } from '@myx/protocol';
import { z } from 'zod';
import { removeIfPresent, writeFileDurably } from '../durable-file.ts';
import { codeOf } from '../log.ts';
import { BLANK_ENDING } from './ending.ts';
import { Tombstones } from './tombstones.ts';
import { BLANK_RECORD } from './copier.ts';

/** What is kept of a request: enough to know it again. Never environment, input or script. */
export const SpooledRequest = z.strictObject({
  command_id: CommandId,
  request_sha256: z.string(),
  accepted_at: z.string(),
  /** Boot in which the command was accepted. */
  boot_id: z.string(),
  /** Seconds. */
  timeout: z.int(),
  /** Kept per output stream, bytes. */
  output_bytes: z.int(),
  /** Absolute path of the program; empty when there is none of that name. */
  program: z.string(),
  cwd: z.string().optional(),
});
export type SpooledRequest = z.infer<typeof SpooledRequest>;

/** Files of one command. */
export interface CommandFiles {
  readonly directory: string;
  readonly request: string;
  readonly environment: string;
  readonly stdin: string;
  /** Variables of a playbook; see start-request.ts. */
  readonly variables: string;
  /** A directory for what the program keeps while it runs; the program makes it. */
  readonly scratch: string;
  /** Where the command's user can read it; see {@link writeScript}. */
  readonly script: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutPipe: string;
  readonly stderrPipe: string;
  /** Written just before the service manager is asked to start it. */
  readonly starting: string;
  /** Written before a cancelled command is ended. */
  readonly cancel: string;
  readonly result: string;
  /** How the unit ended; see ending.ts. */
  readonly ending: string;
  /** Written when all output is in the spool files. */
  readonly outputRecord: string;
}

/**
 * The agent's state directory. A command is a directory in it, made by mkdir: the first of the two
 * arbiters of starting once. Everything is root's alone, but for scripts.
 */
export class Spool {
  readonly root: string;
  /** Random id of this state directory. */
  readonly epoch: string;
  readonly tombstones: Tombstones;

  /** Opens a state directory and makes in it what is missing. */
  constructor(root: string) {
    this.root = root;
    mkdirSync(root, { recursive: true });
    // Others may pass through to the scripts, but not look around.
    chmodSync(root, 0o711);
    for (const name of ['commands', 'records', 'pipes', 'uploads']) {
      mkdirSync(path.join(root, name), { recursive: true, mode: 0o700 });
    }
    mkdirSync(path.join(root, 'scripts'), { recursive: true });
    chmodSync(path.join(root, 'scripts'), 0o711);
    this.tombstones = new Tombstones(path.join(root, 'forgotten'));
    this.epoch = this.#loadEpoch();
  }

  /** Directory in which the records of all commands change. */
  get recordsDirectory(): string {
    return path.join(this.root, 'records');
  }

  /** Directory of pipes that wait to be used. */
  get pipesDirectory(): string {
    return path.join(this.root, 'pipes');
  }

  /** Ids of all commands that have a directory. */
  ids(): string[] {
    return readdirSync(path.join(this.root, 'commands')).filter(
      (name) => CommandId.safeParse(name).success,
    );
  }

  /** Where the files of a command are. */
  files(commandId: string): CommandFiles {
    const directory = path.join(this.root, 'commands', commandId);
    const inside = (name: string): string => path.join(directory, name);
    return {
      directory,
      request: inside('request.json'),
      environment: inside('environment'),
      stdin: inside('stdin'),
      variables: inside('variables.yml'),
      scratch: inside('scratch'),
      script: path.join(this.root, 'scripts', commandId),
      stdout: inside('stdout'),
      stderr: inside('stderr'),
      stdoutPipe: inside('stdout.pipe'),
      stderrPipe: inside('stderr.pipe'),
      starting: inside('starting'),
      cancel: inside('cancel'),
      result: inside('result.json'),
      ending: inside('ending.json'),
      outputRecord: path.join(this.recordsDirectory, commandId),
    };
  }

  /**
   * Makes the directory of a command. Undefined, and nothing changed, when it is there already.
   *
   * @returns `durable`, which ends when not even a power failure can make the directory vanish, so that
   * the same id cannot start again. The command must not start before.
   */
  create(request: SpooledRequest): { readonly durable: Promise<void> } | undefined {
    const files = this.files(request.command_id);
    try {
      mkdirSync(files.directory, { mode: 0o700 });
    } catch (error) {
      // The one race that decides who starts a command.
      if (codeOf(error) === 'EEXIST') return undefined;
      throw error;
    }
    try {
      writeEmpty(files, request);
    } catch (error) {
      // No room, most likely: then nothing of it may stay.
      this.remove(request.command_id);
      throw error;
    }
    return {
      durable: syncPaths([files.request, files.directory, path.dirname(files.directory)]),
    };
  }

  /** What was accepted, or undefined when its directory is incomplete: it was never started then. */
  readRequest(commandId: string): SpooledRequest | undefined {
    const text = readIfPresent(this.files(commandId).request);
    if (text === undefined || text === '') return undefined;
    return SpooledRequest.parse(JSON.parse(text));
  }

  /** The final result, or undefined while there is none. */
  readResult(commandId: string): CommandResult | undefined {
    const text = readIfPresent(this.files(commandId).result);
    // Empty: the power failed before its content was on disk.
    return text === undefined || text === '' ? undefined : CommandResult.parse(JSON.parse(text));
  }

  /** Stores the final result and removes what only the running command needed. */
  finish(commandId: string, result: CommandResult): void {
    const files = this.files(commandId);
    const temporary = `${files.result}.new`;
    // Without fsync: lost with the power, it is decided again from the same evidence.
    writeFileSync(temporary, JSON.stringify(result), { mode: 0o600 });
    renameSync(temporary, files.result);
    this.removeInputs(commandId);
  }

  /**
   * Drops a command for ever. Its output goes first, so that a full disk has room to remember that the
   * id must not run again.
   */
  forget(commandId: string): void {
    const { stdout, stderr } = this.files(commandId);
    for (const file of [stdout, stderr]) truncateSync(file);
    this.tombstones.add(commandId);
    this.remove(commandId);
  }

  /** Removes all of a command. */
  remove(commandId: string): void {
    this.removeInputs(commandId);
    rmSync(this.files(commandId).directory, { recursive: true, force: true });
  }

  /** Removes what only a running command needs. */
  removeInputs(commandId: string): void {
    const files = this.files(commandId);
    for (const file of [
      files.environment,
      files.stdin,
      files.variables,
      files.script,
      files.stdoutPipe,
      files.stderrPipe,
      files.ending,
      files.outputRecord,
    ]) {
      removeIfPresent(file);
    }
    rmSync(files.scratch, { recursive: true, force: true });
  }

  #loadEpoch(): string {
    const file = path.join(this.root, 'state_epoch');
    const known = readIfPresent(file)?.trim();
    if (known !== undefined && /^[0-9a-f]{32}$/.test(known)) return known;
    const epoch = randomBytes(16).toString('hex');
    writeFileDurably(file, `${epoch}\n`, 0o600);
    return epoch;
  }
}

/** Content of a file, or undefined when it does not exist. */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // Absence is an answer.
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes the files of a command that has not started; those that change later already have their size. */
function writeEmpty(files: CommandFiles, request: SpooledRequest): void {
  for (const [file, content] of [
    [files.ending, BLANK_ENDING],
    [files.outputRecord, BLANK_RECORD],
    [files.stdout, ''],
    [files.stderr, ''],
    [files.request, JSON.stringify(request)],
  ] as const) {
    writeFileSync(file, content, { mode: 0o600 });
  }
}

/** Makes an empty marker file. */
export function mark(file: string): void {
  writeFileSync(file, '', { mode: 0o600 });
}

/** Whether a marker is there. */
export function isMarked(file: string): boolean {
  return existsSync(file);
}

/** Stores a script where the command's user, and no other but root, can read it. */
export function writeScript(
  file: string,
  body: Uint8Array,
  { uid, gid }: { readonly uid: number; readonly gid: number },
): void {
  removeIfPresent(file);
  writeFileSync(file, body, { mode: 0o500, flag: 'wx' });
  if (uid !== 0) chownSync(file, uid, gid);
}

async function syncPaths(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const handle = await open(file, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
