import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CommandState, commandUnit, executeCommand } from '@myx/protocol';
import type { ExecuteCommandParams } from '@myx/protocol';
import { CommandBench } from '../../../test/support/command-bench.ts';
import { COMMAND_BOUNDS } from './command-service.ts';
import type { CommandBounds } from './command-service.ts';
import { dropExpired } from './command-monitor.ts';
import { ALL_COPIED } from './copier.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'myx-commands-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

async function bench(bounds: Partial<CommandBounds> = {}): Promise<CommandBench> {
  const made = new CommandBench(root, { ...COMMAND_BOUNDS, ...bounds });
  await made.service.open();
  return made;
}

function request(changes: Partial<ExecuteCommandParams> = {}): ExecuteCommandParams {
  const params = {
    command_id: 'command-1',
    command: '/bin/true',
    args: [],
    timeout: 10,
    ...changes,
  };
  return executeCommand.params.parse(params);
}

const starts = ({ units }: CommandBench): string[] =>
  units.starts.filter((unit) => unit.startsWith('myx-command-'));

describe('starting', () => {
  it('starts once for fifty requests at the same time', async () => {
    const tested = await bench();

    const states = await Promise.all(
      Array.from({ length: 50 }, () => tested.service.execute(request())),
    );

    expect(starts(tested)).toEqual(['myx-command-command-1.service']);
    for (const state of states) expect(CommandState.parse(state).status).toBe('running');
  });

  it('refuses the same id with another request, also after the end', async () => {
    const tested = await bench();
    await tested.service.execute(request());
    const conflict = { code: -32001 };

    await expect(tested.service.execute(request({ timeout: 11 }))).rejects.toMatchObject(conflict);
    await tested.end('command-1', 0);
    await expect(tested.service.execute(request({ args: ['x'] }))).rejects.toMatchObject(conflict);
    expect(starts(tested)).toHaveLength(1);
  });

  it('leaves nothing behind when the service manager refuses, and may be asked again', async () => {
    const tested = await bench();
    tested.units.refuses = true;

    await expect(tested.service.execute(request())).rejects.toMatchObject({ code: -32007 });
    expect(tested.spool.ids()).toEqual([]);
    tested.units.refuses = false;
    await tested.service.execute(request());
    expect(starts(tested)).toHaveLength(1);
  });

  it('rejects a program that is nowhere in PATH without asking the service manager', async () => {
    const tested = await bench();

    const state = await tested.service.execute(request({ command: 'no-such-program' }));

    expect(state.result).toMatchObject({ outcome: 'rejected', started_at: null });
    expect(tested.units.starts).toEqual([]);
  });

  it('keeps to its bounds', async () => {
    const tested = await bench({ running: 1 });
    await tested.service.execute(request());
    const other = request({ command_id: 'command-2' });

    await expect(tested.service.execute(other)).rejects.toMatchObject({ code: -32005 });
    const full = await bench({ spoolBytes: 0 });
    await expect(full.service.execute(other)).rejects.toMatchObject({ code: -32006 });
    const small = await bench({ freeBytes: Number.MAX_SAFE_INTEGER });
    await expect(small.service.execute(other)).rejects.toMatchObject({ code: -32006 });
  });
});

describe('reading', () => {
  it('waits for output, and is final when the command ended and all is read', async () => {
    const tested = await bench();
    await tested.service.execute(request());
    const read = (stdout: number, wait_ms = 0) =>
      tested.service.readLog({
        command_id: 'command-1',
        offsets: { stdout, stderr: 0 },
        max_bytes: 4,
        wait_ms,
      });

    const waiting = read(0, 30_000);
    appendFileSync(tested.spool.files('command-1').stdout, 'abcdef');
    expect(await waiting).toMatchObject({
      chunks: [{ log_type: 'stdout', offset: 0, log_data: 'YWJjZA==' }],
      new_offsets: { stdout: 4, stderr: 0 },
      is_final: false,
      result: null,
    });
    await tested.end('command-1', 3);
    expect(await read(0)).toMatchObject({ is_final: false, result: { exit_code: 3 } });
    expect(await read(4)).toMatchObject({ is_final: true, new_offsets: { stdout: 6 } });
  });
});

describe('ending', () => {
  it('cancels for good: the result is the same after a restart', async () => {
    const tested = await bench();
    await tested.service.execute(request());
    writeFileSync(tested.spool.files('command-1').outputRecord, ALL_COPIED);

    const answer = await tested.service.cancel({ command_id: 'command-1', grace_ms: 1000 });

    expect(answer).toMatchObject({
      processes_left: 0,
      state: { result: { outcome: 'cancelled', signal: 'SIGTERM' } },
    });
    await tested.restart();
    expect(tested.service.commands.get('command-1')?.result?.outcome).toBe('cancelled');
  });

  it('forgets only what ended, and never runs it again', async () => {
    const tested = await bench();
    await tested.service.execute(request());
    const id = { command_id: 'command-1' };

    expect(() => tested.service.forget(id)).toThrow(expect.objectContaining({ code: -32004 }));
    await tested.end('command-1', 0);
    expect(await tested.service.forget(id)).toEqual({ forgotten: true });
    expect(await tested.service.forget(id)).toEqual({ forgotten: true });
    await tested.restart();
    await expect(tested.service.execute(request())).rejects.toMatchObject({ code: -32003 });
    expect(() => tested.service.forget({ command_id: 'never-was' })).toThrow(
      expect.objectContaining({ code: -32002 }),
    );
  });

  it('drops what nobody asked for in thirty days', async () => {
    const tested = await bench();
    await tested.service.execute(request());
    await tested.end('command-1', 0);
    const days = 24 * 3600 * 1000;

    dropExpired(tested.service, tested.spool, Date.now() + 29 * days);
    expect(tested.service.commands.size).toBe(1);
    dropExpired(tested.service, tested.spool, Date.now() + 31 * days);
    expect(tested.service.commands.size).toBe(0);
    expect(tested.spool.tombstones.has('command-1')).toBe(true);
  });

  it('removes environment, input and script when the command ended', async () => {
    const tested = await bench();
    const script = Buffer.from('true').toString('base64');
    await tested.service.execute(request({ env: { A: 'b' }, stdin: script, script }));
    const { environment, stdin, script: file } = tested.spool.files('command-1');

    expect([environment, stdin, file].map(existsSync)).toEqual([true, true, true]);
    await tested.end('command-1', 0);
    expect([environment, stdin, file].map(existsSync)).toEqual([false, false, false]);
  });

  it('removes variables and scratch files when the command ended, also when nobody saw it end', async () => {
    const tested = await bench();
    const { variables, scratch } = tested.spool.files('command-1');
    const plan = () => ({ params: request(), variables: 'secret' });
    await tested.service.start({ commandId: 'command-1', digest: 'd', plan });
    mkdirSync(path.join(scratch, 'tmp'), { recursive: true });

    expect(readFileSync(variables, 'utf8')).toBe('secret');
    expect(statSync(variables).mode & 0o777).toBe(0o600);
    await tested.restart('boot-2');
    expect([variables, scratch].map(existsSync)).toEqual([false, false]);
  });
});

describe('after a restart', () => {
  it('goes on with what runs and finishes what ended meanwhile', async () => {
    const tested = await bench();
    for (const command_id of ['command-1', 'command-2']) {
      await tested.service.execute(request({ command_id }));
    }
    writeFileSync(tested.spool.files('command-2').outputRecord, ALL_COPIED);
    await tested.restart();
    tested.units.end(commandUnit('command-2'), 1, 9);

    await tested.service.commands.get('command-2')?.waitForEnd(30_000);

    expect(tested.service.commands.get('command-1')?.state.status).toBe('running');
    expect(tested.service.commands.get('command-2')?.result).toMatchObject({ exit_code: 9 });
    await tested.service.execute(request());
    expect(starts(tested)).toHaveLength(2);
  });

  it('of the whole server, what ran is lost and not started again', async () => {
    const tested = await bench();
    await tested.service.execute(request());
    tested.units.units.clear();
    await tested.restart('boot-2');

    const state = await tested.service.execute(request());

    expect(state.result?.outcome).toBe('lost');
    expect(starts(tested)).toHaveLength(1);
  });

  it('starts what was accepted but never asked to start, when it is sent again', async () => {
    const tested = await bench();
    await tested.service.execute(request());
    tested.units.units.clear();
    rmSync(tested.spool.files('command-1').starting);
    await tested.restart();

    expect((await tested.service.execute(request())).status).toBe('running');
    expect(starts(tested)).toHaveLength(2);
  });

  it('never starts one id twice, whatever happens in whatever order', async () => {
    const step = fc.constantFrom('execute', 'end', 'restart', 'reboot', 'forget', 'cancel');
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const tested = new CommandBench(path.join(root, `run-${(run += 1)}`), COMMAND_BOUNDS);
        await tested.service.open();
        const id = { command_id: 'command-1' };
        let boot = 1;
        for (const name of steps) {
          const isKnown = tested.service.commands.has('command-1');
          if (name === 'execute') await tested.service.execute(request()).catch(() => undefined);
          if (name === 'restart') await tested.restart(`boot-${boot}`);
          if (name === 'reboot') {
            tested.units.units.clear();
            await tested.restart(`boot-${(boot += 1)}`);
          }
          if (!isKnown) continue;
          const command = tested.service.commands.get('command-1');
          if (name === 'end' && command?.result === undefined) await tested.end('command-1', 0);
          if (name === 'cancel') {
            const { outputRecord } = tested.spool.files('command-1');
            if (command?.result === undefined) writeFileSync(outputRecord, ALL_COPIED);
            await tested.service.cancel({ ...id, grace_ms: 100 });
          }
          if (name === 'forget' && command?.result !== undefined) await tested.service.forget(id);
        }

        expect(starts(tested).length).toBeLessThanOrEqual(1);
        expect(tested.finished.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });
});
