import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildWhatIsStale } from '../../backend/bin/build.ts';
import { findPostmaster } from '../../backend/src/platform/database/postgres-process.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-ports.js';

const root = path.resolve(import.meta.dirname, '../..');

jest.setTimeout(300_000);

let dataDirectory: string;

afterEach(() => rm(dataDirectory, { recursive: true, force: true }));

describe('a manager', () => {
  it('that is told to stop while it starts leaves nothing running', async () => {
    buildWhatIsStale(['wire contract', 'manager']);
    dataDirectory = await mkdtemp(path.join(tmpdir(), 'myx-stop-'));
    const database = path.join(dataDirectory, 'postgres/data');
    const manager = spawn(process.execPath, ['backend/bin/manager.js'], {
      cwd: root,
      env: { MYX_DATA_DIR: dataDirectory, MYX_LISTEN_PORT: String(await freePort()) },
      stdio: 'ignore',
    });
    const ended = once(manager, 'exit');
    const postgres = await eventually('its database starts', () => findPostmaster(database), {
      deadlineMs: 200_000,
      everyMs: 5,
    });

    manager.kill('SIGTERM');

    expect(await ended).toEqual([0, null]);
    expect(await readFile(`/proc/${postgres}/cmdline`, 'utf8').catch(() => '')).toBe('');
  });
});
