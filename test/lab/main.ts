import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Lab, type LabHost } from './index.ts';

const usage = `Real Debian hosts on this machine.

  npm run lab -- up [N]             make a lab of N hosts (1) and leave it running
  npm run lab -- hold [N]           the same for as long as this command runs; Ctrl-C removes it
  npm run lab -- down               remove it, and whatever ended runs left behind
  npm run lab -- status             the labs, their hosts, and what ails them
  npm run lab -- add                add a host
  npm run lab -- ssh N [COMMAND...] log in to host N with OpenSSH (--user root|admin|deploy|plain)
  npm run lab -- exec N COMMAND...  run a command in host N past network and sshd
  npm run lab -- cut N              let every packet to and from host N vanish (--unplug: link down)
  npm run lab -- loss N PERCENT     lose that share of packets in each direction
  npm run lab -- block N PORT       close a TCP port of host N (--reject: with a reset)
  npm run lab -- unblock N PORT     open it again
  npm run lab -- heal N             take all these faults off
  npm run lab -- reboot N           reboot it and wait until it is up
  npm run lab -- poweroff N         shut it down
  npm run lab -- start N            switch it on again
  npm run lab -- rebuild            make the Debian base that all hosts share anew

Options: --name NAME (which lab; "dev" unless told otherwise), --user NAME, --unplug, --reject,
--ansible (up, hold, add: hosts that have Ansible already)`;

interface Call {
  readonly lab: string;
  readonly user: string;
  readonly unplug: boolean;
  readonly reject: boolean;
  readonly ansible: boolean;
  readonly words: readonly string[];
  readonly signal: AbortSignal;
}

type Action = (call: Call) => Promise<number | undefined>;

const actions: Readonly<Record<string, Action>> = {
  up,
  hold,
  down,
  status,
  add,
  ssh,
  exec: execute,
  rebuild: async ({ signal }) => {
    await Lab.rebuildBase({ log: say, signal });
    return undefined;
  },
  cut: (call) =>
    onHost(call, (host) => host.cut(call.unplug ? 'unplugged' : 'silent'), 'is cut off'),
  heal: (call) => onHost(call, (host) => host.heal(), 'is whole again'),
  loss: (call) =>
    onHost(call, (host) => host.loss(numberAt(call, 1, 'PERCENT')), `loses ${call.words[1]}%`),
  block: (call) =>
    onHost(
      call,
      (host) => host.block(numberAt(call, 1, 'PORT'), call.reject ? 'reject' : 'drop'),
      `has port ${call.words[1]} closed`,
    ),
  unblock: (call) =>
    onHost(
      call,
      (host) => host.unblock(numberAt(call, 1, 'PORT')),
      `has port ${call.words[1]} open`,
    ),
  reboot: (call) => onHost(call, (host) => host.reboot(), 'has rebooted'),
  poweroff: (call) => onHost(call, (host) => host.poweroff(), 'is off'),
  start: (call) => onHost(call, (host) => host.start(), 'is up'),
};

async function up(call: Call): Promise<undefined> {
  await open(call, true);
  return undefined;
}

async function hold(call: Call): Promise<undefined> {
  const lab = await open(call, false);
  say('\nCtrl-C removes it.');
  // Waiting for a signal alone does not keep Node running.
  const alive = setInterval(() => undefined, 60_000);
  await once(call.signal, 'abort');
  clearInterval(alive);
  await lab.close();
  return undefined;
}

async function open(call: Call, persistent: boolean): Promise<Lab> {
  const length = call.words.length === 0 ? 1 : numberAt(call, 0, 'N');
  const started = Date.now();
  const { lab: name, ansible, signal } = call;
  const hosts = Array.from({ length }, () => ({ ansible }));
  const lab = await Lab.open({ name, hosts, persistent, log: say, signal });
  say(`Lab ${name} is up after ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
  printHosts(lab.hosts);
  printAccounts(lab);
  return lab;
}

async function down({ lab: name }: Call): Promise<undefined> {
  const swept = await Lab.sweep();
  for (const left of swept) say(`Removed lab ${left}, which an ended process had left.`);
  if (!Lab.list().includes(name)) {
    say(`There is no lab "${name}".`);
    return undefined;
  }
  await Lab.remove(name);
  say(`Removed lab ${name}.`);
  return undefined;
}

async function status(): Promise<undefined> {
  const names = Lab.list();
  if (names.length === 0) say('There is no lab. Make one: npm run lab -- up 3');
  const rows: (readonly string[])[] = [
    ['lab', 'host', 'name', 'address', 'port', 'power', 'systemd', 'network'],
  ];
  for (const name of names) {
    for (const host of Lab.attach(name).hosts) rows.push(await statusRow(name, host));
  }
  if (rows.length > 1) printTable(rows);
  return undefined;
}

async function statusRow(lab: string, host: LabHost): Promise<readonly string[]> {
  const faults = await host.faults();
  const systemd = host.running
    ? (await host.exec(['systemctl', 'is-system-running'])).stdout.trim()
    : '-';
  const network = [...(host.isolated ? ['isolated'] : []), ...faults].join(', ') || 'whole';
  const place = [lab, String(host.number), host.name, host.address, String(host.sshPort)];
  return [...place, host.running ? 'on' : 'off', systemd, network];
}

async function add({ lab, ansible, signal }: Call): Promise<undefined> {
  const host = await Lab.attach(lab).add({ ansible }, signal);
  printHosts([host]);
  return undefined;
}

async function ssh(call: Call): Promise<number> {
  const lab = Lab.attach(call.lab);
  const host = lab.host(numberAt(call, 0, 'N'));
  if (call.user === 'admin') say(`admin's password: ${lab.users.admin.password}`);
  const command = call.words.slice(1);
  return inForeground(['ssh', '-F', lab.sshConfigFile, '-l', call.user, host.name, ...command]);
}

async function execute(call: Call): Promise<number> {
  const host = Lab.attach(call.lab).host(numberAt(call, 0, 'N'));
  const outcome = await host.exec(call.words.slice(1), { user: call.user });
  process.stdout.write(outcome.stdoutBytes);
  process.stderr.write(outcome.stderr);
  return outcome.code;
}

async function onHost(
  call: Call,
  change: (host: LabHost) => Promise<void>,
  result: string,
): Promise<undefined> {
  const host = Lab.attach(call.lab).host(numberAt(call, 0, 'N'));
  await change(host);
  say(`Host ${host.number} (${host.name}, ${host.address}) ${result}.`);
  return undefined;
}

function numberAt({ words }: Call, position: number, name: string): number {
  const value = Number(words[position]);
  if (words[position] === undefined || !Number.isFinite(value)) {
    throw new Error(`${name} must be a number.\n\n${usage}`);
  }
  return value;
}

function printHosts(hosts: readonly LabHost[]): void {
  const rows = hosts.map((host) => [
    ...[String(host.number), host.name, host.address, String(host.sshPort)],
    ...[`${host.bootMs} ms`, host.hostKeyFingerprint],
  ]);
  printTable([['host', 'name', 'address', 'port', 'boot', 'host key (ed25519)'], ...rows]);
}

function printAccounts({ users, knownHostsFile, sshConfigFile }: Lab): void {
  const { ed25519, ecdsa, rsa, encrypted } = users.deploy.keys;
  const rows = [
    ['root', users.root.password, ed25519.file, '-'],
    ['admin', users.admin.password, '-', 'with password'],
    ...[ed25519, ecdsa, rsa].map(({ file }) => ['deploy', '-', file, 'without password']),
    ['deploy', '-', `${encrypted.file} (passphrase ${encrypted.passphrase})`, 'without password'],
    ['plain', users.plain.password, ed25519.file, 'no'],
  ];
  say('');
  printTable([['user', 'password', 'key', 'sudo'], ...rows]);
  say(`\nknown_hosts: ${knownHostsFile}\nTo log in: ssh -F ${sshConfigFile} h1`);
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  for (const row of rows) {
    say(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

function inForeground(argv: readonly string[]): Promise<number> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

function say(line: string): void {
  console.log(line);
}

const interruption = new AbortController();

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: leadingOptions(argv),
    allowPositionals: true,
    options: {
      name: { type: 'string', default: 'dev' },
      user: { type: 'string', default: 'root' },
      unplug: { type: 'boolean', default: false },
      reject: { type: 'boolean', default: false },
      ansible: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [name = 'help', ...words] = positionals;
  const action = actions[name];
  if (action === undefined || values.help) {
    console.log(usage);
    return name === 'help' || values.help ? 0 : 2;
  }
  const { name: lab, ...options } = values;
  return (await action({ ...options, lab, words, signal: interruption.signal })) ?? 0;
}

/** What follows `ssh N` and `exec N` belongs to the command there, dashes and all. */
function leadingOptions(argv: readonly string[]): string[] {
  const start = argv.findIndex((word) => word === 'ssh' || word === 'exec');
  const command = argv.findIndex((word, at) => start >= 0 && at > start && /^\d+$/.test(word));
  if (command < 0) return [...argv];
  return [...argv.slice(0, command + 1), '--', ...argv.slice(command + 1)];
}

// Once: a second Ctrl-C ends us at once, and the next lab command clears up.
process.once('SIGINT', () => {
  interruption.abort(new Error('Interrupted; everything that was begun is removed.'));
});
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { aborted } = interruption.signal;
  const reason: unknown = aborted ? interruption.signal.reason : error;
  console.error(reason instanceof Error ? reason.message : reason);
  process.exitCode = aborted ? 130 : 1;
}
