import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  appendFileSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';

import { PostgresLog } from './postgres-log.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'myx-postgres-log-'));
  path = join(directory, 'postgres.log');
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function makeLog(limitBytes = 100): PostgresLog {
  return new PostgresLog(path, pino({ level: 'silent' }), limitBytes);
}

describe('PostgresLog', () => {
  it('moves what has grown too long aside while the server goes on writing', async () => {
    const server = openSync(path, 'a');
    writeSync(server, 'a'.repeat(101));

    await makeLog().bound();
    writeSync(server, 'b');
    closeSync(server);

    expect(readFileSync(`${path}.1`, 'utf8')).toBe('a'.repeat(101));
    expect(readFileSync(path, 'utf8')).toBe('b');
  });

  it('leaves a short file alone, and an absent one', async () => {
    await makeLog().bound();
    expect(readdirSync(directory)).toEqual([]);
    appendFileSync(path, 'a'.repeat(100));

    await makeLog().bound();

    expect(readdirSync(directory)).toEqual(['postgres.log']);
  });

  it('gives the end', async () => {
    appendFileSync(path, `${'early\n'.repeat(1000)}FATAL: late\n`);

    const tail = await makeLog().tail();

    expect(tail.length).toBeLessThanOrEqual(2000);
    expect(tail.endsWith('early\nFATAL: late')).toBe(true);
  });
});
