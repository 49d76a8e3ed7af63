import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AptAccess } from './apt-mirror.ts';
import { makeCgroup } from './cgroup.ts';
import { script } from './places.ts';
import { mustRun } from './run-program.ts';

const packages = ['ansible-core', 'python3', 'python3-apt'];

/** What of this recipe decides whether a base with Ansible is up to date: all of it. */
export function ansibleFingerprint(): string {
  return createHash('sha256')
    .update(readFileSync(script('ansible-base.ts')))
    .digest('hex')
    .slice(0, 8);
}

/**
 * Installs Ansible into a copy of the hosts' Debian, the way a host itself would. The program runs in
 * the given control group, so that an interrupted build can be ended.
 */
export async function installAnsible(
  root: string,
  access: AptAccess,
  { cgroup, signal }: { readonly cgroup: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const nameServers = path.join(root, 'etc/resolv.conf');
  const ownNameServers = readFileSync(nameServers);
  // The hosts have no name server; for a moment the copy is part of this machine, which may need one.
  writeFileSync(nameServers, readFileSync('/etc/resolv.conf'));
  const apt = async (argv: readonly string[]): Promise<void> => {
    const grouped = ['/bin/sh', script('in-cgroup.sh'), ...makeCgroup(cgroup), '--'];
    const options = ['-q', '-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=3'];
    await mustRun([...grouped, 'chroot', root, 'apt-get', ...options, ...argv], {
      environment: {
        DEBIAN_FRONTEND: 'noninteractive',
        ...(access.proxy === undefined ? {} : { http_proxy: access.proxy }),
      },
      signal,
    });
  };
  await apt(['update']);
  await apt(['install', '-y', ...packages]);
  await apt(['clean']);
  rmSync(path.join(root, 'var/lib/apt/lists'), { recursive: true });
  writeFileSync(nameServers, ownNameServers);
}
