import { unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadKeyPair } from './certificate/key-pair.ts';
import { Spool } from './commands/spool.ts';
import { loadConfig } from './config/load-config.ts';
import type { Places } from './config/places.ts';
import { messageOf } from './log.ts';
import { SystemdUnitManager } from './systemd/systemd-unit-manager.ts';

/** The oldest systemd that knows all that commands need (`ExecStartEx`, `append:`). */
const OLDEST_SYSTEMD = 244;

/** One check of the self-test. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or what is wrong. */
  readonly detail: string;
}

/** Checks everything the agent needs of its server. Every check is made, whatever another says. */
export async function selfTest(places: Places): Promise<Check[]> {
  return [
    await check('configuration', () => {
      const { rpc_port: port, listen } = loadConfig(places.configFile);
      return `port ${port} on ${listen ?? 'all addresses'}`;
    }),
    await check('certificate', () => loadKeyPair(places).fingerprint),
    await check('state directory', () => {
      const { root, epoch } = new Spool(places.stateDirectory);
      const probe = path.join(root, `probe.${process.pid}`);
      writeFileSync(probe, 'x');
      unlinkSync(probe);
      return `state epoch ${epoch}`;
    }),
    await check('service manager', async () => {
      const version = await new SystemdUnitManager().version();
      if (Number.parseInt(version.replace(/^v/, ''), 10) < OLDEST_SYSTEMD) {
        throw new Error(`systemd ${version} is older than ${OLDEST_SYSTEMD}`);
      }
      return `systemd ${version}`;
    }),
  ];
}

async function check(name: string, look: () => string | Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    // Whatever is wrong is the finding.
    return { name, ok: false, detail: messageOf(error) };
  }
}
