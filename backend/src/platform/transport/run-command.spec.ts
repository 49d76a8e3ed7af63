import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { runCommand } from './run-command.js';
import type { StartedProgram } from './run-command.js';
import type { Elevation } from './sudo.js';

/** What a started program's host does: it sees the argument vector and the streams, and ends it. */
type Host = (argv: readonly string[], program: FakeProgram) => void | Promise<void>;

class FakeProgram implements StartedProgram {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly ended: Promise<{ exitCode: number | null; signal: string | null }>;
  written = '';
  isReleased = false;
  #end: (end: { exitCode: number | null; signal: string | null }) => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.stdin.on('data', (chunk: Buffer) => {
      this.written += chunk.toString();
    });
  }

  /** Ends as an adapter does: after both outputs were read. */
  end(exitCode: number): void {
    this.stdout.end();
    this.stderr.end();
    setImmediate(() => {
      this.#end({ exitCode, signal: null });
    });
  }

  release(): void {
    this.isReleased = true;
  }
}

/** The marks that the wrapper and sudo would print, taken from the argument vector. */
function marksOf(argv: readonly string[]): { started: string; prompt: string } {
  return {
    started: argv.find((arg) => arg.endsWith('-started')) ?? '',
    prompt: argv[argv.indexOf('-p') + 1] ?? '',
  };
}

function announce(argv: readonly string[], program: FakeProgram, group = '4711'): void {
  const mark = `${marksOf(argv).started} ${group}\n`;
  program.stdout.write(mark);
  program.stderr.write(mark);
}

async function soon(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

function run(host: Host, elevation: Elevation, options = {}, seen: FakeProgram[] = []) {
  const start = async (argv: readonly string[]): Promise<StartedProgram> => {
    const program = new FakeProgram();
    seen.push(program);
    setImmediate(() => void host(argv, program));
    return Promise.resolve(program);
  };
  return runCommand(start, ['tool', 'argument'], options, elevation);
}

const sudo: Elevation = { kind: 'sudo', password: 'secret' };

describe('runCommand with sudo', () => {
  it('writes the password after the prompt, and the input after the start', async () => {
    const written: string[] = [];

    const result = await run(
      async (argv, program) => {
        await soon();
        written.push(program.written);
        program.stderr.write(`lecture\n${marksOf(argv).prompt}`);
        await soon();
        written.push(program.written);
        announce(argv, program);
        await soon();
        written.push(program.written);
        program.end(0);
      },
      sudo,
      { input: 'input' },
    );

    expect(written).toEqual(['', 'secret\n', 'secret\ninput']);
    expect([result.exitCode, result.stderr]).toEqual([0, Buffer.alloc(0)]);
  });

  it('never writes the password when sudo does not ask', async () => {
    let written = '';

    await run(
      async (argv, program) => {
        program.stderr.write('Password:');
        announce(argv, program);
        await soon();
        written = program.written;
        program.end(0);
      },
      sudo,
      { input: 'input' },
    );

    expect(written).toBe('input');
  });

  it('gives the password once, and ends the input at the second prompt', async () => {
    const seen: FakeProgram[] = [];

    const call = run(
      async (argv, program) => {
        const { prompt } = marksOf(argv);
        program.stderr.write(prompt);
        await soon();
        program.stderr.write(`no\n${prompt}`);
        await soon();
        program.end(1);
      },
      sudo,
      { input: 'input' },
      seen,
    );

    await expect(call).rejects.toMatchObject({ code: 'sudo_password_wrong' });
    expect(seen[0]?.written).toBe('secret\n');
    expect(seen[0]?.stdin.writableEnded).toBe(true);
  });

  it('says that sudo waits for something else', async () => {
    const call = run((_argv, program) => void program.stderr.write('Verification code:'), sudo, {
      timeoutMs: 20,
    });

    await expect(call).rejects.toMatchObject({ layer: 'sudo', code: 'sudo_no_answer' });
  });
});

describe('runCommand', () => {
  const none: Elevation = { kind: 'none' };

  it('says what a login printed that starts nothing', async () => {
    const call = run((_argv, program) => {
      program.stdout.write('This account is not available.\n');
      program.end(1);
    }, none);

    await expect(call).rejects.toMatchObject({
      code: 'login_shell_failed',
      message: expect.stringContaining('This account is not available.'),
    });
  });

  it('ends the process group at the deadline, by TERM and then by KILL', async () => {
    const signals: (readonly string[])[] = [];
    const seen: FakeProgram[] = [];

    const call = run(
      (argv, program) => {
        announce(argv, program);
        if (!argv.includes('sh')) return;
        signals.push(argv.slice(-2));
        program.end(0);
        if (argv.includes('KILL')) seen[0]?.end(137);
      },
      none,
      { timeoutMs: 20 },
      seen,
    );

    await expect(call).rejects.toMatchObject({ layer: 'command', code: 'command_timed_out' });
    expect(signals).toEqual([
      ['TERM', '4711'],
      ['KILL', '4711'],
    ]);
    expect(seen[0]?.isReleased).toBe(true);
  });

  it('ends a program that was just starting when it was given up, and feeds it nothing', async () => {
    const abort = new AbortController();
    const signals: (readonly string[])[] = [];
    const seen: FakeProgram[] = [];

    const call = run(
      async (argv, program) => {
        if (argv.includes('sh')) {
          announce(argv, program);
          signals.push(argv.slice(-2));
          program.end(0);
          seen[0]?.end(143);
          return;
        }
        abort.abort(new Error('no longer wanted'));
        for (let turn = 0; turn < 5; turn += 1) await soon();
        announce(argv, program);
      },
      sudo,
      { signal: abort.signal, input: 'input' },
      seen,
    );

    await expect(call).rejects.toThrow('no longer wanted');
    expect(signals).toEqual([['TERM', '4711']]);
    expect(seen[0]?.written).toBe('');
    expect(seen[0]?.isReleased).toBe(true);
  });

  it.each(['0', '1', '-1', 'x'])('signals no group that the host calls %j', async (group) => {
    const seen: FakeProgram[] = [];

    const call = run(
      (argv, program) => {
        announce(argv, program, group);
      },
      none,
      { timeoutMs: 20 },
      seen,
    );

    await expect(call).rejects.toMatchObject({ code: 'command_timed_out' });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.isReleased).toBe(true);
  });
});
