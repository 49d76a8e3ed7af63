import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commandUnit, executeCommand } from '@myx/protocol';
import { CommandBench } from '../../../test/support/command-bench.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { COMMAND_BOUNDS } from './command-service.ts';
import { ALL_COPIED, copyUnit } from './copier.ts';
import { readEnding, writeEnding } from './ending.ts';
import type { Ending } from './ending.ts';

const ID = { command_id: 'command-1' };
const UNIT = commandUnit('command-1');
const COPIER = copyUnit('command-1');
const request = executeCommand.params.parse({ ...ID, command: '/bin/true', args: [], timeout: 10 });
const question = { ...ID, offsets: { stdout: 0, stderr: 0 }, max_bytes: 100, wait_ms: 0 };

let root: string;
let tested: CommandBench;

beforeEach(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'myx-windows-'));
  tested = new CommandBench(root, COMMAND_BOUNDS);
  await tested.service.open();
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

/** Lets the output of the command be complete as soon as it ends. */
function outputIsCopied(): void {
  writeFileSync(tested.spool.files('command-1').outputRecord, ALL_COPIED);
}

describe('a command that is just being started', () => {
  /** Holds its start back, and answers what lets it go on. */
  async function startHeldBack(): Promise<{ goOn: () => void; state: Promise<unknown> }> {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let isAsked = false;
    tested.units.beforeStart = (unit) => {
      if (unit !== UNIT) return Promise.resolve();
      isAsked = true;
      return held;
    };
    const state = tested.service.execute(request);
    state.catch(() => undefined);
    await eventually('its start is asked for', () => Promise.resolve(isAsked || undefined), {
      everyMs: 5,
    });
    return { goOn, state };
  }

  it('is cancelled as one that runs', async () => {
    const { goOn } = await startHeldBack();
    outputIsCopied();

    const cancelling = tested.service.cancel({ ...ID, grace_ms: 10_000 });
    cancelling.catch(() => undefined);
    goOn();

    expect((await cancelling).state.result).toMatchObject({
      outcome: 'cancelled',
      signal: 'SIGTERM',
    });
  });

  it('is known to who asks for its output', async () => {
    const { goOn } = await startHeldBack();
    const reading = tested.service.readLog(question);
    reading.catch(() => undefined);
    goOn();

    expect(await reading).toMatchObject({ is_final: false, result: null });
  });

  it('is unknown again when it could not be started', async () => {
    const { goOn, state } = await startHeldBack();
    const cancelling = tested.service.cancel({ ...ID, grace_ms: 0 });
    cancelling.catch(() => undefined);
    tested.units.refuses = true;
    goOn();

    await expect(state).rejects.toMatchObject({ code: -32007 });
    await expect(cancelling).rejects.toMatchObject({ code: -32002 });
  });

  it('is told to run though that was noticed before its start was answered', async () => {
    const { goOn, state } = await startHeldBack();
    tested.units.begin(UNIT);
    tested.units.units.delete(UNIT);
    goOn();
    await state;

    expect(tested.started).toEqual(['command-1']);
  });

  it('gets the signal of a cancel when it has its turn', async () => {
    tested.units.isBusy = true;
    await tested.service.execute(request);
    outputIsCopied();

    const cancelling = tested.service.cancel({ ...ID, grace_ms: 10_000 });
    await eventually('it was looked at', () =>
      Promise.resolve(tested.units.asked.includes(UNIT) || undefined),
    );
    tested.units.begin(UNIT);

    expect((await cancelling).state.result).toMatchObject({ signal: 'SIGTERM' });
  });

  it('has a copier that reads its own pipes, and not one that is left from another attempt', async () => {
    await tested.service.execute(request);
    tested.units.units.delete(UNIT);
    rmSync(tested.spool.files('command-1').starting);
    tested.units.copiersLinger = true;
    await tested.restart();
    expect([...tested.units.units.keys()]).toEqual([COPIER]);

    await tested.service.execute(request);

    expect(tested.units.starts.filter((unit) => unit === COPIER)).toHaveLength(2);
    expect(tested.units.units.has(COPIER)).toBe(true);
  });

  it('is kept, and looked after, when the service manager does not say whether it runs', async () => {
    tested.units.isSilent = true;

    expect((await tested.service.execute(request)).status).toBe('running');
    await tested.end('command-1', 5);
    expect(tested.finished).toMatchObject([['command-1', { exit_code: 5 }]]);
  });
});

describe('a command that has just ended', () => {
  it('is let go also when the service manager cannot be reached at that moment', async () => {
    await tested.service.execute(request);
    tested.units.failingReleases = 1;

    await tested.end('command-1', 0);

    await eventually('its unit is let go', () =>
      Promise.resolve(tested.units.units.has(UNIT) ? undefined : true),
    );
  });

  it('is let go by the next agent when this one was killed before it could', async () => {
    await tested.service.execute(request);
    outputIsCopied();
    writeEnding(tested.spool.files('command-1').ending, {
      ...{ result: 'success', wasExecuted: true, exitStatus: 4, signal: null },
      ...{ startedAt: 1, exitedAt: 2 },
    });

    await tested.restart();

    expect(tested.finished).toMatchObject([['command-1', { exit_code: 4 }]]);
    expect(tested.units.units.has(UNIT)).toBe(false);
  });

  it('is lost when the system went down, also for an agent that finds its record in the same boot', async () => {
    // A container keeps the boot of its host when it is started again.
    await tested.service.execute(request);
    const { ending, result } = tested.spool.files('command-1');
    let recorded: Ending | undefined;
    tested.units.beforeRelease = () => (recorded = readEnding(ending));
    tested.units.isGoingDown = true;
    tested.units.end(UNIT, 2, 15);
    await tested.service.commands.get('command-1')?.waitForEnd(30_000);
    writeFileSync(ending, '');
    writeEnding(ending, recorded!);
    rmSync(result);
    tested.units.isGoingDown = false;

    await tested.restart();

    const lost = { outcome: 'lost', signal: 'SIGTERM' };
    expect(tested.finished).toMatchObject([
      ['command-1', lost],
      ['command-1', lost],
    ]);
  });

  it('has a result also when the power failed before that was on disk', async () => {
    await tested.service.execute(request);
    await tested.end('command-1', 0);
    const { result, directory } = tested.spool.files('command-1');
    writeFileSync(result, '');
    await tested.restart('boot-2');

    expect((await tested.service.execute(request)).result?.outcome).toBe('lost');
    expect(existsSync(directory)).toBe(true);
  });
});

it('is not started again when the power failed before it was on disk that it is', async () => {
  await tested.service.execute(request);
  tested.units.units.clear();
  rmSync(tested.spool.files('command-1').starting);
  await tested.restart('boot-2');

  expect((await tested.service.execute(request)).result?.outcome).toBe('lost');
  expect(tested.units.starts.filter((unit) => unit === UNIT)).toHaveLength(1);
});

it('is waited for also where its files cannot be watched', async () => {
  await tested.service.execute(request);
  // Nothing can be watched that is not there: the same failure as with no watches left.
  rmSync(tested.spool.files('command-1').directory, { recursive: true });

  expect(await tested.service.readLog({ ...question, wait_ms: 30 })).toMatchObject({ chunks: [] });
});
