import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AptAccess } from './apt-mirror.ts';
import { labCgroup, makeCgroup } from './cgroup.ts';
import type { LabRecord } from './lab-state.ts';
import { managerAddress, subnetsOf } from './network.ts';
import { labDirectory } from './places.ts';
import { startDetached } from './detached.ts';

const port = 8888;

/** Where the hosts of a lab find their way to Debian packages. */
export function mirrorProxyUrl(record: LabRecord): string {
  return `http://${managerAddress(record)}:${port}`;
}

/** Starts the lab's proxy: from the lab's hosts to the package mirrors, and nowhere else. */
export async function startMirrorProxy(record: LabRecord, access: AptAccess): Promise<void> {
  const folder = labDirectory(record.name);
  const allowed = access.hosts.map((host) => `^${host.replaceAll('.', '\\.')}$\n`);
  writeFileSync(path.join(folder, 'proxy-allows'), allowed.join(''));
  const upstream =
    access.proxy === undefined ? [] : [`Upstream http ${new URL(access.proxy).host}`];
  const lines = [
    ...['User nobody', 'Group nogroup', `Listen ${managerAddress(record)}`, `Port ${port}`],
    ...['Timeout 60', 'MaxClients 100', 'LogLevel Warning', 'DisableViaHeader Yes'],
    ...[`Allow ${subnetsOf(record.index).open}.0/24`, 'ConnectPort 443'],
    ...[`Filter "${folder}/proxy-allows"`, 'FilterExtended Yes', 'FilterDefaultDeny Yes'],
    ...upstream,
  ];
  const config = path.join(folder, 'proxy.conf');
  writeFileSync(config, lines.map((line) => `${line}\n`).join(''));
  await startDetached({
    cgroup: makeCgroup(`${labCgroup(record.name)}/proxy`),
    argv: ['tinyproxy', '-d', '-c', config],
    logFile: path.join(folder, 'proxy.log'),
  });
}
