import type { LabUsers } from './accounts.ts';
import { bootHost, execInHost, type ExecOptions, initOf, stopHost, waitUntilUp } from './boot.ts';
import { type FileSnapshot, takeSnapshot } from './file-snapshot.ts';
import { hostFolders, readFingerprints } from './host-files.ts';
import { type HostProcess, listProcesses } from './host-processes.ts';
import { baseOf, type HostRecord, type LabRecord } from './lab-state.ts';
import {
  type BlockKind,
  blockAllBut,
  blockPort,
  cutHost,
  type CutKind,
  describeFaults,
  healHost,
  losePackets,
  unblockPort,
} from './network-faults.ts';
import { inHostNetwork } from './network.ts';
import type { Outcome } from './run-program.ts';
import { runSsh, type SshLogin, writeSshFiles } from './ssh-client.ts';

/** How a file is put into a host. */
export interface WriteOptions {
  /** Octal permissions, such as "0600". */
  readonly mode?: string;
  /** "user" or "user:group"; root unless told otherwise. */
  readonly owner?: string;
}

/** A Debian 12 server with systemd and sshd on this machine. */
export class LabHost {
  /** Its number in the lab, from 1; what the command line calls it. */
  readonly number: number;
  /** Its host name. */
  readonly name: string;
  /** Its IPv4 address; of an isolated host, the one its jump host reaches it at. */
  readonly address: string;
  readonly sshPort: number;
  /** Whether it can be reached through a jump host only. */
  readonly isolated: boolean;
  readonly users: LabUsers;
  /** How long it took from power-on or reboot to systemd up and sshd listening, the last time. */
  bootMs = 0;

  readonly #lab: LabRecord;
  readonly #record: HostRecord;

  constructor(lab: LabRecord, record: HostRecord, users: LabUsers) {
    this.#lab = lab;
    this.#record = record;
    this.number = record.number;
    this.name = record.name;
    this.address = record.address;
    this.sshPort = record.sshPort;
    this.isolated = record.options.isolatedBehind !== undefined;
    this.users = users;
  }

  /** The fingerprint of its ed25519 host key as OpenSSH prints it: "SHA256:...". */
  get hostKeyFingerprint(): string {
    return this.hostKeyFingerprints['ssh-ed25519'] ?? '';
  }

  /** The fingerprints of all its host keys by algorithm ("ssh-ed25519", "ssh-rsa", ...). */
  get hostKeyFingerprints(): Readonly<Record<string, string>> {
    return readFingerprints(this.#lab, this.#record);
  }

  /** Whether its init runs. */
  get running(): boolean {
    return initOf(this.#record) !== undefined;
  }

  /**
   * Runs a program inside the host, past network and sshd, with a fresh environment of that user.
   * Rejects when the host is off or `timeoutMs` is over; a non-zero code does not reject.
   */
  exec(argv: readonly string[], options: ExecOptions = {}): Promise<Outcome> {
    return execInHost(this.#record, argv, options);
  }

  /** Like `exec`, but rejects on a non-zero code. Promises stdout. */
  async mustExec(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
    const outcome = await this.exec(argv, options);
    if (outcome.code === 0) return outcome.stdout;
    const said = outcome.stderr.trim() || outcome.stdout.trim();
    throw new Error(`${argv.join(' ')} on ${this.name} ended with code ${outcome.code}: ${said}`);
  }

  /**
   * Runs a program on it through OpenSSH's client, by way of its jump host if it is isolated. A code
   * of 255 means no connection or no login; stderr tells.
   */
  ssh(login: SshLogin, argv: readonly string[]): Promise<Outcome> {
    return runSsh(this.#lab.name, this.name, login, argv);
  }

  /** Cuts the host off the network, by default silently: packets vanish, connections hang. */
  cut(kind: CutKind = 'silent'): Promise<void> {
    return cutHost(this.#record, kind);
  }

  /** Takes every network fault off: cut, loss and blocked ports. */
  heal(): Promise<void> {
    return healHost(this.#record);
  }

  /** Loses that share of packets in each direction; 0 ends it. */
  loss(percent: number): Promise<void> {
    return losePackets(this.#record, percent);
  }

  /** Closes a TCP port to the network, as a firewall on the host would. */
  block(port: number, kind: BlockKind = 'drop'): Promise<void> {
    return blockPort(this.#record, port, kind);
  }

  /** Closes every TCP port but one to new connections, until healed. */
  blockAllBut(port: number, kind: BlockKind = 'drop'): Promise<void> {
    return blockAllBut(this.#record, port, kind);
  }

  /** Opens the port again. */
  unblock(port: number): Promise<void> {
    return unblockPort(this.#record, port);
  }

  /** Sets a setting of the kernel's network for it, such as `ipv4/tcp_migrate_req`: it cannot do so itself. */
  async setNetworkSetting(name: string, value: string): Promise<void> {
    const script = 'printf %s "$2" >"/proc/sys/net/$1"';
    await inHostNetwork(this.#record, ['sh', '-c', script, 'sh', name, value]);
  }

  /** The network faults in force, in words. */
  faults(): Promise<readonly string[]> {
    return describeFaults(this.#record);
  }

  /** Reboots it the orderly way and waits until it is up again, with a new boot id. */
  async reboot(): Promise<void> {
    const started = Date.now();
    const before = initOf(this.#record);
    await this.exec(['systemctl', 'reboot']);
    const isNew = (): boolean => initOf(this.#record) !== before;
    await waitUntilUp(this.#lab, this.#record, isNew);
    this.bootMs = Date.now() - started;
  }

  /** Shuts it down the orderly way; it stays off until started. */
  poweroff(): Promise<void> {
    return stopHost(this.#record, true);
  }

  /** Ends all its processes at once, as when its plug is pulled; it stays off until started. */
  crash(): Promise<void> {
    return stopHost(this.#record, false);
  }

  /** Switches it on and waits until it is up. Does nothing when it is on already. */
  async start(): Promise<void> {
    if (this.running) return;
    const started = Date.now();
    await bootHost(this.#lab, this.#record);
    await waitUntilUp(this.#lab, this.#record);
    this.bootMs = Date.now() - started;
  }

  /** The kernel's boot id as the host sees it. */
  async bootId(): Promise<string> {
    return (await this.mustExec(['cat', '/proc/sys/kernel/random/boot_id'])).trim();
  }

  /** Gives it new SSH host keys, as after a reinstallation. Open SSH connections stay. */
  async regenerateHostKeys(): Promise<void> {
    await this.mustExec(['find', '/etc/ssh', '-name', 'ssh_host_*_key*', '-delete']);
    await this.mustExec(['ssh-keygen', '-A']);
    await this.mustExec(['systemctl', 'restart', 'ssh.service']);
    await waitUntilUp(this.#lab, this.#record);
    writeSshFiles(this.#lab);
  }

  /** Lists its file system apart from volatile paths; compare two with `diffSnapshots`. */
  snapshotFiles(): FileSnapshot {
    const { root, upper } = hostFolders(this.#lab.name, this.number);
    const init = initOf(this.#record);
    // Through init, a running host's own mounts such as /run and /tmp are seen too.
    const seen = init === undefined ? root : `/proc/${init}/root`;
    return takeSnapshot({ root: seen, upper, base: baseOf(this.#lab, this.#record) });
  }

  /** Writes a file in the running host. Its folder must exist. */
  async writeFile(
    file: string,
    content: string | Uint8Array,
    options: WriteOptions = {},
  ): Promise<void> {
    await this.mustExec(['dd', `of=${file}`, 'status=none'], { input: content });
    if (options.mode !== undefined) await this.mustExec(['chmod', options.mode, '--', file]);
    if (options.owner !== undefined) await this.mustExec(['chown', options.owner, '--', file]);
  }

  /** Reads a file of the running host. */
  async readFile(file: string): Promise<Buffer> {
    const outcome = await this.exec(['cat', '--', file]);
    if (outcome.code !== 0) throw new Error(`${this.name}: ${outcome.stderr.trim()}`);
    return outcome.stdoutBytes;
  }

  /** Its processes; none when it is off. */
  processes(): readonly HostProcess[] {
    const init = initOf(this.#record);
    return init === undefined ? [] : listProcesses(init, `/myx-lab/${this.#record.cgroup}/payload`);
  }
}
