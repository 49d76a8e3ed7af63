import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFault, wasNeverExecuted } from './start-failure.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'myx-start-'));
  const file = (name: string, content: string, mode: number): void => {
    writeFileSync(path.join(directory, name), content);
    chmodSync(path.join(directory, name), mode);
  };
  file('script', '#!/bin/sh -e\nexit 203\n', 0o755);
  file('plain', '#!/bin/sh\n', 0o644);
  file('noformat', 'echo hello\n', 0o755);
  file('nointerpreter', '#! /no/such/shell -x\n', 0o755);
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('findFault', () => {
  it('finds none in programs that run', () => {
    expect(findFault('/bin/sh')).toBeUndefined();
    expect(findFault(path.join(directory, 'script'))).toBeUndefined();
  });

  it.each(['missing', 'plain', 'noformat', 'nointerpreter', '.'])('finds one in %s', (name) => {
    expect(findFault(path.join(directory, name))).toEqual(expect.any(String));
  });
});

describe('wasNeverExecuted', () => {
  it('believes a status of systemd only with its cause in sight', () => {
    const good = { program: '/bin/sh', cwd: '/' };

    expect(wasNeverExecuted(203, good)).toBe(false);
    expect(wasNeverExecuted(7, { ...good, program: '/no/such' })).toBe(false);
    expect(wasNeverExecuted(203, { ...good, program: '/no/such' })).toBe(true);
    expect(wasNeverExecuted(200, { ...good, cwd: '/no/such' })).toBe(true);
  });
});
