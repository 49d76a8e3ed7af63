import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const unit = fileURLToPath(new URL('../../systemd/myx-agent.service', import.meta.url));

describe('the unit of the agent', () => {
  it('is exposed to at most 3.0 of 10 by the reckoning of systemd-analyze', async () => {
    const args = ['security', '--offline=true', '--no-pager', '--threshold=30', unit];
    const { stdout } = await promisify(execFile)('systemd-analyze', args);

    expect(stdout).toContain('Overall exposure level');
  });

  it('keeps the runtime from reading settings of its working directory', async () => {
    const text = await readFile(unit, 'utf8');

    expect(text).toMatch(/^ExecStart=\S+\/runtime --smol --config=\/dev\/null --no-env-file \S+$/m);
    expect(text).toMatch(/^WorkingDirectory=\/var\/lib\/myx-agent$/m);
  });
});
