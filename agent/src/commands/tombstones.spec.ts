import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Tombstones } from './tombstones.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'myx-tombstones-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('Tombstones', () => {
  it('knows what was added, also after a restart, and nothing else', () => {
    const ids = Array.from({ length: 600 }, (_, index) => `command-${index}`);
    const before = new Tombstones(directory);
    for (const id of ids) before.add(id);

    const after = new Tombstones(directory);
    expect(ids.every((id) => after.has(id))).toBe(true);
    expect(after.has('command-600')).toBe(false);
  });

  it('adds an id once', () => {
    const tombstones = new Tombstones(directory);
    tombstones.add('abcdefgh');
    tombstones.add('abcdefgh');

    const [file = ''] = readdirSync(directory);
    expect(statSync(path.join(directory, file)).size).toBe(16);
  });

  it('repairs a record that was cut short', () => {
    const tombstones = new Tombstones(directory);
    tombstones.add('abcdefgh');
    const [file = ''] = readdirSync(directory);
    appendFileSync(path.join(directory, file), 'torn');

    for (let index = 0; index < 2000; index += 1) tombstones.add(`other-${index}`);
    expect(tombstones.has('abcdefgh')).toBe(true);
    expect(tombstones.has('other-1999')).toBe(true);
    expect(statSync(path.join(directory, file)).size % 16).toBe(0);
  });
});
