import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from './load-config.ts';
import { StartupError } from './startup-error.ts';

const valid = {
  agent_token_sha256: 'a'.repeat(64),
  secret_key: 'b'.repeat(43),
  rpc_port: 8443,
  rpc_path: 'c'.repeat(20),
  ca: '-----BEGIN CERTIFICATE-----\n',
};

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'myx-config-'));
  file = path.join(directory, 'config.json');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(content: unknown, mode = 0o600): void {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(file, mode);
}

function failure(): string {
  try {
    loadConfig(file);
  } catch (error) {
    expect(error).toBeInstanceOf(StartupError);
    expect(error).toMatchObject({ exitCode: 78 });
    return (error as StartupError).message;
  }
  throw new Error('it was accepted');
}

describe('loadConfig', () => {
  it('reads a private and complete file', () => {
    write(valid);

    expect(loadConfig(file)).toEqual(valid);
  });

  it.each([0o640, 0o604, 0o644, 0o660, 0o602])('refuses mode %i', (mode) => {
    write(valid, mode);

    expect(failure()).toContain('chmod 0600');
  });

  it.each(Object.keys(valid))('refuses a file without %s', (field) => {
    write({ ...valid, [field]: undefined });

    expect(failure()).toContain(field);
  });

  it('refuses unknown fields and bad values without telling any value', () => {
    write({ ...valid, rpc_path: 'Canary/1', secret_key: 'canary-2', surprise: 'canary-3' });

    expect(failure()).toContain('rpc_path');
    expect(failure()).not.toMatch(/canary/i);
  });

  it('refuses what is no JSON without telling what it is', () => {
    write('{"secret_key": "canary');

    expect(failure()).toContain('not valid JSON');
    expect(failure()).not.toContain('canary');
  });

  it('refuses a missing file, a directory and a symbolic link', () => {
    expect(failure()).toContain('does not exist');
    symlinkSync('/dev/null', file);
    expect(failure()).toContain('symbolic link');
    file = directory;
    expect(failure()).toContain('not a regular file');
  });
});
