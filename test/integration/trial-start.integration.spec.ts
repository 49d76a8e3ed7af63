import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('../../deployment-tool/scripts/trial_start', import.meta.url));

// Every call starts Python, which takes its time on a busy machine.
jest.setTimeout(120_000);

/** What a trial of a shell program came to. */
function trial(program: string): Promise<{ code: unknown; words: string }> {
  const argv = ['--until', 'Listening on', '/bin/sh', '-c', program];
  return new Promise((resolve) => {
    execFile(SCRIPT, argv, (error, _stdout, words) => {
      resolve({ code: error === null ? 0 : error.code, words });
    });
  });
}

describe('the trial of a program', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'myx-trial-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('fails with the words of one that refuses its flags, however slow it is to do so', async () => {
    const slow = 'sleep 3; echo "unknown flag --nosuch" >&2; exit 2';

    expect(await trial(slow)).toEqual({ code: 1, words: 'unknown flag --nosuch\n' });
  });

  it('ends one that runs', async () => {
    const pidFile = path.join(folder, 'pid');

    const ended = await trial(`echo $$ >${pidFile}; echo "Listening on 1" >&2; exec sleep 600`);

    expect(ended).toEqual({ code: 0, words: '' });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('fails for one that ends without a word, and for one that is not there', async () => {
    expect(await trial('exit 3')).toEqual({ code: 1, words: 'it ended at once, with 3\n' });
    expect(await trial('exec /nonexistent/program')).toMatchObject({
      code: 1,
      words: expect.stringContaining('/nonexistent/program'),
    });
  });
});
