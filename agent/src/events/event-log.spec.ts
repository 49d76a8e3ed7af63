import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventLog } from './event-log.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'myx-events-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function append(log: EventLog, count: number): void {
  for (let index = 0; index < count; index += 1) {
    log.append({ type: 'agent_started', data: { version: String(index) } });
  }
}

const numbers = (log: EventLog, after: number): number[] => log.since(after).map(({ seq }) => seq);

describe('EventLog', () => {
  it('numbers events from one and tells those after a number', () => {
    const log = new EventLog(directory);
    append(log, 3);

    expect(log.lastSeq).toBe(3);
    expect(numbers(log, 1)).toEqual([2, 3]);
    expect(numbers(log, 3)).toEqual([]);
  });

  it('goes on where it stopped', () => {
    const before = new EventLog(directory);
    append(before, 5);
    before.close();

    const after = new EventLog(directory);
    append(after, 1);
    expect(after.lastSeq).toBe(6);
    expect(after.since(3)[0]).toMatchObject({ type: 'events_lost', data: { from: 4, to: 5 } });
  });

  it('never gives a number twice after a crash, and tells what is missing', () => {
    append(new EventLog(directory), 5);

    const after = new EventLog(directory);
    append(after, 1);
    expect(after.lastSeq).toBeGreaterThan(5);
    expect(after.since(5)[0]).toMatchObject({
      type: 'events_lost',
      data: { from: 6, to: after.lastSeq - 1 },
    });
    expect(after.since(5)).toHaveLength(2);
  });

  it('holds a thousand events', () => {
    const log = new EventLog(directory);
    append(log, 1500);

    const told = log.since(100);
    expect(told[0]).toMatchObject({ type: 'events_lost', data: { from: 101, to: 500 } });
    expect(told).toHaveLength(1001);
  });

  it('tells everything to a reader that is ahead of it', () => {
    const log = new EventLog(directory);
    append(log, 2);

    expect(numbers(log, 99)).toEqual([1, 2]);
  });

  it('hands new events to listeners until they leave', () => {
    const log = new EventLog(directory);
    const heard: number[] = [];
    const leave = log.listen(({ seq }) => heard.push(seq));
    append(log, 2);
    leave();
    append(log, 1);

    expect(heard).toEqual([1, 2]);
    expect(log.listeners).toBe(0);
  });
});
