import type { AgentArch } from '@myx/protocol';
import { StepFailure } from '../operations/index.js';
import type { Compression } from './agent-artefacts.js';

/** What the preflight script saw. */
export interface HostFindings {
  readonly kernel: string;
  readonly machine: string;
  /** `PRETTY_NAME` of os-release(5). */
  readonly osName: string;
  /** Such as `glibc 2.36`, as the host says it. */
  readonly libc: string;
  readonly hasMusl: boolean;
  readonly initName: string;
  /** Null when systemd does not run as the service manager. */
  readonly systemdVersion: number | null;
  /** Where the program, the configuration and the state really lie. */
  readonly places: readonly string[];
  /** Free bytes for the program and for the state. */
  readonly freeBytes: { readonly program: number; readonly state: number };
  readonly mounts: readonly Mount[];
  /** The host's clock, seconds since 1970. */
  readonly clockSeconds: number | null;
  readonly machineId: string | null;
  readonly tools: ReadonlySet<string>;
  readonly listeningPorts: ReadonlySet<number>;
  readonly agent: {
    readonly hasUnit: boolean;
    readonly hasConfiguration: boolean;
    readonly hasProgram: boolean;
    readonly isActive: boolean;
  };
  readonly isRoot: boolean;
}

/** One line of /proc/mounts. */
interface Mount {
  readonly place: string;
  readonly options: readonly string[];
}

/** What an installation must know of a host that it can be installed on. */
export interface HostSuitability {
  readonly arch: AgentArch;
  readonly compressions: readonly Compression[];
  /** Worth telling, but no reason to refuse. */
  readonly warnings: readonly string[];
}

/** The runtime's oldest C library, and the oldest systemd that knows what commands need. */
const OLDEST = { glibc: [2, 17], systemd: 244 } as const;

const MEBIBYTE = 1024 * 1024;

/** Free space an installation needs: the runtime unpacked and packed, and room for the spool. */
const NEEDED_BYTES = { program: 256 * MEBIBYTE, state: 64 * MEBIBYTE } as const;

/** A clock further off than this is worth a warning, seconds. */
const CLOCK_SKEW_SECONDS = 60;

/** Reads what {@link PREFLIGHT_SCRIPT} printed. A section that says nothing is empty, never invented. */
export function parseFindings(output: string): HostFindings {
  const sections = sectionsOf(output);
  const lines = (name: string): string[] => sections.get(name) ?? [];
  const first = (name: string): string => lines(name)[0] ?? '';
  const agent = new Set(lines('agent'));
  const [programSpace = 0, stateSpace = 0] = lines('space').map(availableBytes);
  return {
    kernel: lines('kernel').slice(0, 2).join(' '),
    machine: lines('kernel')[2] ?? '',
    osName: osNameOf(lines('os_release')),
    libc: first('libc'),
    hasMusl: lines('musl').length > 0,
    initName: first('init'),
    systemdVersion: numberIn(/^systemd (\d+)/, first('systemd')),
    places: lines('places'),
    freeBytes: { program: programSpace, state: stateSpace },
    mounts: lines('mounts').map(mountOf),
    clockSeconds: numberIn(/^(\d+)$/, first('clock')),
    machineId: /^[0-9a-f]{32}$/.exec(first('machine_id'))?.[0] ?? null,
    tools: new Set(lines('tools')),
    listeningPorts: new Set(lines('listening').flatMap(portOf)),
    agent: {
      hasUnit: agent.has('unit'),
      hasConfiguration: agent.has('configuration'),
      hasProgram: agent.has('program'),
      isActive: first('agent_state') === 'active',
    },
    isRoot: first('user') === '0',
  };
}

/**
 * Judges whether an agent can be installed on a host.
 *
 * @throws StepFailure naming the first thing that is missing and what to do about it.
 */
export function judgeHost(findings: HostFindings, nowSeconds: number): HostSuitability {
  if (!findings.isRoot)
    refuse('not_root', 'The login did not become root. Check sudo on the server.');
  if (!findings.kernel.startsWith('Linux')) {
    refuse('unsupported_os', `Agents run on Linux; this host says it is ${findings.kernel}.`);
  }
  const arch = archOf(findings.machine);
  requireLibc(findings);
  requireSystemd(findings);
  requireTool(findings, 'sha256sum', 'coreutils');
  const compressions = (['xz', 'gzip'] as const).filter((tool) => findings.tools.has(tool));
  if (compressions.length === 0) {
    refuse('no_decompressor', 'The server has neither xz nor gzip. Install one of them.');
  }
  requireSpace(findings);
  requireMounts(findings);
  return { arch, compressions, warnings: warningsOn(findings, nowSeconds) };
}

function archOf(machine: string): AgentArch {
  if (machine === 'x86_64') return 'x64';
  if (machine === 'aarch64') return 'arm64';
  return refuse(
    'unsupported_arch',
    `There is no agent for ${machine || 'an unknown architecture'}; x86_64 and aarch64 are supported.`,
  );
}

function requireLibc({ libc, hasMusl, osName }: HostFindings): void {
  const version = /(?:glibc|GNU libc|GLIBC|ldd \(.*\)) *(\d+)\.(\d+)/.exec(libc);
  if (!version) {
    refuse(
      'unsupported_libc',
      hasMusl
        ? `${osName} uses the C library musl; agents need glibc 2.17 or newer.`
        : `The server’s C library is unknown (${libc || 'nothing was told'}); agents need glibc 2.17 or newer.`,
    );
  }
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const [oldMajor, oldMinor] = OLDEST.glibc;
  if (major < oldMajor || (major === oldMajor && minor < oldMinor)) {
    refuse(
      'old_libc',
      `The server has glibc ${String(major)}.${String(minor)}; agents need 2.17 or newer.`,
    );
  }
}

function requireSystemd({ systemdVersion, initName, osName }: HostFindings): void {
  if (systemdVersion === null) {
    refuse(
      'no_systemd',
      `Agents need systemd as the service manager; on this server (${osName || 'unknown system'}) process 1 is ${initName || 'unknown'}.`,
    );
  }
  if (systemdVersion < OLDEST.systemd) {
    refuse(
      'old_systemd',
      `The server has systemd ${String(systemdVersion)}; agents need ${String(OLDEST.systemd)} or newer.`,
    );
  }
}

function requireTool({ tools }: HostFindings, tool: string, origin: string): void {
  if (!tools.has(tool)) refuse('tool_missing', `The server lacks ${tool}. Install ${origin}.`);
}

function requireSpace({ freeBytes }: HostFindings): void {
  for (const [what, place] of [
    ['program', '/opt'],
    ['state', '/var/lib'],
  ] as const) {
    const needed = NEEDED_BYTES[what];
    if (freeBytes[what] >= needed) continue;
    refuse(
      'disk_full',
      `${place} has ${String(Math.floor(freeBytes[what] / MEBIBYTE))} MiB free; the agent needs ${String(needed / MEBIBYTE)} MiB.`,
    );
  }
}

function requireMounts({ places, mounts }: HostFindings): void {
  const program = places[0] ?? '/opt/myx-agent';
  if (optionsAt(program, mounts).includes('noexec')) {
    refuse('noexec', `${program} is on a file system mounted noexec: programs cannot run there.`);
  }
  for (const place of places) {
    if (!optionsAt(place, mounts).includes('ro')) continue;
    refuse('read_only', `${place} is on a file system mounted read-only.`);
  }
}

function warningsOn({ clockSeconds, machineId, tools }: HostFindings, now: number): string[] {
  const warnings: string[] = [];
  if (clockSeconds === null) warnings.push('the server did not tell its time');
  else if (Math.abs(clockSeconds - now) > CLOCK_SKEW_SECONDS) {
    warnings.push(
      `the server’s clock is ${String(Math.abs(clockSeconds - now))} s ${clockSeconds > now ? 'ahead' : 'behind'}: synchronise it`,
    );
  }
  if (machineId === null) warnings.push('the server has no valid /etc/machine-id');
  if (!tools.has('journalctl'))
    warnings.push('journalctl is missing: less can be told on failures');
  return warnings;
}

/** Options of the mount that holds `place`: the longest mount point that is a prefix of it, the last such line. */
function optionsAt(place: string, mounts: readonly Mount[]): readonly string[] {
  let best: Mount | undefined;
  for (const mount of mounts) {
    const prefix = mount.place === '/' ? '/' : `${mount.place}/`;
    const holds = place === mount.place || place.startsWith(prefix);
    if (holds && mount.place.length >= (best?.place.length ?? 0)) best = mount;
  }
  return best?.options ?? [];
}

function sectionsOf(output: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of output.split('\n')) {
    const name = /^@@ (\w+)$/.exec(line)?.[1];
    if (name !== undefined) {
      current = [];
      sections.set(name, current);
    } else if (line.trim() !== '') current?.push(line.trim());
  }
  return sections;
}

function osNameOf(lines: readonly string[]): string {
  const line = lines.find((candidate) => candidate.startsWith('PRETTY_NAME='));
  return (line ?? '').slice('PRETTY_NAME='.length).replace(/^["']|["']$/g, '');
}

/** Fourth column of df -Pk (POSIX): available 1024-byte blocks. */
function availableBytes(line: string): number {
  return Number(line.split(/\s+/)[3] ?? 0) * 1024 || 0;
}

/** /proc/mounts writes blanks in paths as octal escapes. */
function mountOf(line: string): Mount {
  const [, place = '', , options = ''] = line.split(' ');
  return {
    place: place.replace(/\\([0-7]{3})/g, (_all, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    ),
    options: options.split(','),
  };
}

/** Local port of a line of /proc/net/tcp (proc_net(5)): `sl local_address:port ...`, hexadecimal. */
function portOf(line: string): number[] {
  const port = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /.exec(line)?.[1];
  return port === undefined ? [] : [Number.parseInt(port, 16)];
}

function numberIn(pattern: RegExp, text: string): number | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

function refuse(code: string, message: string): never {
  throw new StepFailure('installation', code, message);
}
