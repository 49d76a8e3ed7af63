import { PROTOCOL_VERSION } from '@myx/protocol';
import { z } from 'zod';
import { runAgent } from './agent.ts';
import { ensureKeyPair, loadKeyPair } from './certificate/key-pair.ts';
import { parseCommandLine, USAGE } from './config/command-line.ts';
import type { CommandLine } from './config/command-line.ts';
import { loadConfig } from './config/load-config.ts';
import { placesOf } from './config/places.ts';
import { StartupError } from './config/startup-error.ts';
import { log, messageOf } from './log.ts';
import { selfTest } from './self-test.ts';
import { AGENT_VERSION, RUNTIME } from './version.ts';

/** Between two attempts to serve, milliseconds; the service manager adds a second. */
const RETRY_MS = 9000;

process.umask(0o077);
// Schemas are interpreted: compiling them pays only where the runtime compiles too.
z.config({ jitless: true });
void main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<void> {
  try {
    await act(parseCommandLine(argv));
  } catch (error) {
    const exitCode = error instanceof StartupError ? error.exitCode : 1;
    process.stderr.write(`myx-agent: ${messageOf(error)}\n`);
    process.exit(exitCode);
  }
}

async function act(commandLine: CommandLine): Promise<void> {
  const places = placesOf(commandLine.places);
  switch (commandLine.action) {
    case 'help':
      process.stdout.write(USAGE);
      return;
    case 'version':
      print({ version: AGENT_VERSION, protocol_version: PROTOCOL_VERSION, runtime: RUNTIME });
      return;
    case 'make-certificate': {
      const { fingerprint, made } = ensureKeyPair(places);
      print({ fingerprint, made });
      return;
    }
    case 'print-fingerprint':
      print({ fingerprint: loadKeyPair(places).fingerprint });
      return;
    case 'self-test': {
      const checks = await selfTest(places);
      const ok = checks.every((check) => check.ok);
      print({ ok, checks });
      process.exitCode = ok ? 0 : 1;
      return;
    }
    case 'serve':
      await serve(commandLine);
  }
}

async function serve({ places: options, spoolBytes }: CommandLine): Promise<void> {
  const places = placesOf(options);
  const config = loadConfig(places.configFile);
  const keyPair = loadKeyPair(places);
  const stop = await runAgent({ config, keyPair, places, spoolBytes }).catch(failSlowly);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log('info', 'stopping', { signal });
      stop();
      process.exit(0);
    });
  }
}

/**
 * A server that cannot be served now, because the port is taken for example, is tried again by the
 * service manager a second after the process ended: too often for a fault that may last.
 */
async function failSlowly(error: unknown): Promise<never> {
  log('error', 'cannot serve', { error: messageOf(error) });
  await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  throw error;
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
