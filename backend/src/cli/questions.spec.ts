import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import type { CliIo } from './cli-io.js';
import { askLine, askNewPassword } from './questions.js';

class FakeTerminal extends PassThrough {
  readonly isTTY: boolean;
  /** Whether the terminal shows what is typed. */
  echo = true;
  echoWhileReading: boolean[] = [];

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  setRawMode(mode: boolean): this {
    this.echo = !mode;
    return this;
  }
}

function aTerminal(isTTY = true): { io: CliIo; stdin: FakeTerminal; shown: () => string } {
  const stdin = new FakeTerminal(isTTY);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const output: string[] = [];
  for (const stream of [stdout, stderr]) {
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  }
  return { io: { stdin, stdout, stderr, env: {}, cwd: '/' }, stdin, shown: () => output.join('') };
}

/** Types each text when the program has asked as many questions. */
async function type(terminal: ReturnType<typeof aTerminal>, ...texts: string[]): Promise<void> {
  for (const [index, text] of texts.entries()) {
    while (terminal.shown().split(': ').length < index + 2) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    terminal.stdin.echoWhileReading.push(terminal.stdin.echo);
    terminal.stdin.write(text);
  }
}

describe('askNewPassword on a terminal', () => {
  it('asks twice and shows nothing of what is typed', async () => {
    const terminal = aTerminal();
    const asking = askNewPassword(terminal.io, false);
    await type(terminal, 'correct horse\r', 'correct horse\r');

    expect((await asking).reveal()).toBe('correct horse');
    expect(terminal.stdin.echoWhileReading).toEqual([false, false]);
    expect(terminal.stdin.echo).toBe(true);
    expect(terminal.shown()).not.toContain('correct');
  });

  it('understands keys that come one by one, and backspace', async () => {
    const terminal = aTerminal();
    const asking = askNewPassword(terminal.io, false);
    await type(terminal, 'abcx\u007fd\n', 'abcd\n');

    expect((await asking).reveal()).toBe('abcd');
  });

  it('refuses two different ones', async () => {
    const terminal = aTerminal();
    const asking = askNewPassword(terminal.io, false);
    await Promise.all([
      type(terminal, 'one\r', 'two\r'),
      expect(asking).rejects.toThrow('The two passwords differ'),
    ]);
  });

  it.each(['abc\u0003', '\u0004'])('stops at %j and gives the echo back', async (keys) => {
    const terminal = aTerminal();
    const asking = askNewPassword(terminal.io, false);
    await Promise.all([type(terminal, keys), expect(asking).rejects.toThrow('Cancelled')]);

    expect(terminal.stdin.echo).toBe(true);
  });

  it('stops when the terminal goes away', async () => {
    const terminal = aTerminal();
    const asking = askNewPassword(terminal.io, false);
    terminal.stdin.end();

    await expect(asking).rejects.toThrow('The input ended');
  });
});

describe('askNewPassword without a terminal', () => {
  it.each([
    ['correct horse\n', 'correct horse'],
    ['correct horse\r\n', 'correct horse'],
    ['correct horse', 'correct horse'],
    [' with spaces \nsecond line\n', ' with spaces '],
  ])('takes the first line of %j', async (text, expected) => {
    const { io, stdin } = aTerminal(false);
    stdin.end(text);

    expect((await askNewPassword(io, true)).reveal()).toBe(expected);
  });

  it.each(['', '\n', 'x'.repeat(5000)])('refuses no password', async (text) => {
    const { io, stdin } = aTerminal(false);
    stdin.end(text);

    await expect(askNewPassword(io, true)).rejects.toThrow('holds no password');
  });

  it('wants to be told that the password comes from there', async () => {
    await expect(askNewPassword(aTerminal(false).io, false)).rejects.toThrow('--password-stdin');
  });
});

describe('askLine', () => {
  it('takes a line, trimmed', async () => {
    const terminal = aTerminal();
    const asking = askLine(terminal.io, 'Login: ', '--login');
    await type(terminal, ' ada \n');

    expect(await asking).toBe('ada');
  });

  it('names the option where nobody can be asked', async () => {
    await expect(askLine(aTerminal(false).io, 'Login: ', '--login')).rejects.toThrow('--login');
  });
});
