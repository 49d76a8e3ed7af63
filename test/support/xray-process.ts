import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually.ts';

/** A running Xray. */
export interface XrayProcess {
  /** What it printed so far. */
  readonly output: () => string;
  /** Runs another subcommand of the same program, such as `api`, and promises what it printed. */
  readonly run: (...args: readonly string[]) => Promise<string>;
  close(): Promise<void>;
}

/** How a program ended. */
export interface XrayOutcome {
  readonly code: number | null;
  readonly output: string;
}

/** Runs an Xray to its end with a configuration on its standard input. */
export function runXray(
  program: string,
  args: readonly string[],
  input = '',
): Promise<XrayOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    }
    // It may end without reading: its exit code tells more than our EPIPE.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, output: output.join('') });
    });
  });
}

/** What `xray run -test` says to a configuration. */
export function testXrayConfig(program: string, config: unknown): Promise<XrayOutcome> {
  const args = ['run', '-test', '-format', 'json', '-config', 'stdin:'];
  return runXray(program, args, JSON.stringify(config));
}

/** Starts an Xray and waits until it listens on these ports of the loopback address. */
export async function startXray(
  program: string,
  config: unknown,
  ports: readonly number[],
): Promise<XrayProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'myx-xray-'));
  const file = path.join(folder, 'config.json');
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const child = spawn(program, ['run', '-config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  }
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve();
    });
  });
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const port of ports) await listening(port, () => child.exitCode, output);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    output: () => output.join(''),
    run: async (...args) => (await runXray(program, args)).output,
    close,
  };
}

async function listening(
  port: number,
  exitCode: () => number | null,
  output: readonly string[],
): Promise<void> {
  await eventually(`Xray listens on ${port}`, async () => {
    if (exitCode() !== null) return false;
    await dial(port);
    return true;
  }).then((isUp) => {
    if (!isUp) throw new Error(`Xray ended with ${String(exitCode())}: ${output.join('')}`);
  });
}

function dial(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
