import { DEPLOYMENT_TOOL_PATH } from '@myx/protocol';
import { StepFailure } from '../operations/index.js';
import type { OperationStep } from '../operations/index.js';
import type { AgentHost } from './agent-host.js';
import type { HostContext } from './host-command.js';
import { LineReader } from './line-reader.js';

/** The oldest ansible-core that playbooks are written for. */
export const LEAST_ANSIBLE = [2, 12] as const;

/** Prints the version of Ansible, or ends with 3 when it is not there. Leaves nothing in the home of root. */
const ANSIBLE_VERSION = `
set -eu
command -v ansible-playbook >/dev/null 2>&1 || exit 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/ansible.cfg"
ANSIBLE_CONFIG="$work/ansible.cfg" ANSIBLE_HOME="$work" ANSIBLE_LOCAL_TEMP="$work" ansible-playbook --version
`;

/** Python starts slowly on a small host, milliseconds. */
const VERSION_TIMEOUT_MS = 120_000;

const INSTALL_TIMEOUT_MS = 1_500_000;

const ANY_EXIT_CODE = Array.from({ length: 256 }, (_, code) => code);

/** Has Ansible on the server, as playbooks need it. Skipped where a recent enough one is. */
export function ansibleStep<Memory>(): OperationStep<Memory, AgentHost> {
  return {
    name: 'install_ansible',
    title: 'Install Ansible',
    timeoutMs: 1_800_000,
    check: async (context, host) => {
      const version = await ansibleVersion(context, host);
      if (version === null || !isRecent(version)) return false;
      context.log(`ansible-core ${version} is there`);
      return true;
    },
    apply: async (context, host) => {
      await install(context, host);
      const version = await ansibleVersion(context, host);
      if (version !== null && isRecent(version)) {
        context.log(`ansible-core ${version} is installed`);
        return;
      }
      throw new StepFailure(
        'server',
        'ansible_unusable',
        version === null
          ? 'Ansible was installed but cannot be started. See the log of this step.'
          : `Ansible ${version} is too old: playbooks need ${LEAST_ANSIBLE.join('.')} or newer, and the server’s packages have no newer one.`,
      );
    },
  };
}

/** The version of ansible-core that `ansible-playbook --version` tells; null when it tells none. */
export function versionIn(output: string): string | null {
  return /^ansible-playbook \[?(?:core )?(\d+\.\d+(?:\.\d+)?)/m.exec(output)?.[1] ?? null;
}

/** Whether playbooks run on this version. */
export function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_ANSIBLE;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

async function ansibleVersion(context: HostContext, host: AgentHost): Promise<string | null> {
  const { exitCode, stdout, stderr } = await host.run(context, ['/bin/sh', '-c', ANSIBLE_VERSION], {
    timeoutMs: VERSION_TIMEOUT_MS,
    expected: Array.from({ length: 256 }, (_, code) => code),
  });
  if (exitCode === 0) return versionIn(stdout.toString('utf8'));
  if (exitCode !== 3) {
    context.log(`Ansible is broken: ${stderr.toString('utf8').trim().slice(-1000)}`, 'warning');
  }
  return null;
}

async function install(context: HostContext, host: AgentHost): Promise<void> {
  let complaint = '';
  const readers = {
    stdout: new LineReader((line) => {
      context.log(line);
    }),
    stderr: new LineReader((line) => {
      context.log(line, 'warning');
      complaint = line;
    }),
  };
  const { exitCode } = await host.run(
    context,
    ['/bin/sh', `${DEPLOYMENT_TOOL_PATH}/scripts/install_ansible.sh`],
    {
      timeoutMs: INSTALL_TIMEOUT_MS,
      maxOutputBytes: 16 * 1024 * 1024,
      expected: ANY_EXIT_CODE,
      onOutput: (stream, bytes) => {
        readers[stream].push(bytes);
      },
    },
  );
  readers.stdout.end();
  readers.stderr.end();
  if (exitCode === 0) return;
  // The script's last words name the reason (see its head).
  const reason = complaint || `Ansible cannot be installed: exit code ${String(exitCode)}`;
  throw new StepFailure('server', 'ansible_not_installed', reason);
}
