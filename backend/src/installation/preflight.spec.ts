import { describe, expect, it } from '@jest/globals';
import { StepFailure } from '../operations/index.js';
import { judgeHost, parseFindings } from './preflight.js';

const NOW = 1_795_200_000;

/** What the script prints on a plain Debian 12, with the named sections replaced. */
function output(changes: Readonly<Record<string, string>> = {}): string {
  const sections: Record<string, string> = {
    kernel: 'Linux\n6.1.0-18-amd64\nx86_64',
    os_release: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"',
    libc: 'glibc 2.36',
    musl: '',
    init: 'systemd',
    systemd: 'systemd 252 (252.39-1~deb12u1)',
    places: '/opt/myx-agent\n/etc\n/var/lib',
    space: '/dev/sda1 20000000 1000000 19000000 6% /\n/dev/sda1 20000000 1000000 19000000 6% /',
    mounts: '/dev/sda1 / ext4 rw,relatime 0 0\nproc /proc proc rw,noexec 0 0',
    clock: String(NOW),
    machine_id: '0123456789abcdef0123456789abcdef',
    tools: 'xz\ngzip\nsha256sum\nsystemctl\njournalctl',
    listening:
      '   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1\n' +
      '   1: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0',
    agent: '',
    agent_state: 'inactive',
    user: '0',
    ...changes,
  };
  return Object.entries(sections)
    .map(([name, text]) => `\n@@ ${name}\n${text}`)
    .join('\n');
}

function refusal(changes: Readonly<Record<string, string>>): StepFailure {
  try {
    judgeHost(parseFindings(output(changes)), NOW);
  } catch (error) {
    if (error instanceof StepFailure) return error;
    throw error;
  }
  throw new Error('the host was not refused');
}

describe('parseFindings', () => {
  it('reads what a Debian host prints', () => {
    const findings = parseFindings(output());

    expect(findings).toMatchObject({
      osName: 'Debian GNU/Linux 12 (bookworm)',
      machine: 'x86_64',
      systemdVersion: 252,
      clockSeconds: NOW,
      machineId: '0123456789abcdef0123456789abcdef',
      freeBytes: { program: 19_000_000 * 1024, state: 19_000_000 * 1024 },
    });
    expect([...findings.listeningPorts]).toEqual([22, 8080]);
    expect(findings.agent).toEqual({
      hasUnit: false,
      hasConfiguration: false,
      hasProgram: false,
      isActive: false,
    });
  });

  it('sees an agent that is there', () => {
    const { agent } = parseFindings(
      output({ agent: 'unit\nconfiguration\nprogram', agent_state: 'active' }),
    );

    expect(agent).toEqual({
      hasUnit: true,
      hasConfiguration: true,
      hasProgram: true,
      isActive: true,
    });
  });

  it.each(['', 'nonsense\n', '@@ kernel\n'])('makes nothing up from %j', (text) => {
    const findings = parseFindings(text);

    expect(findings.systemdVersion).toBeNull();
    expect(findings.clockSeconds).toBeNull();
    expect(findings.machineId).toBeNull();
    expect(findings.freeBytes).toEqual({ program: 0, state: 0 });
  });
});

describe('judgeHost', () => {
  it('takes a plain Debian host', () => {
    expect(judgeHost(parseFindings(output()), NOW)).toEqual({
      arch: 'x64',
      compressions: ['xz', 'gzip'],
      warnings: [],
    });
  });

  it('takes arm64 with gzip alone', () => {
    const changes = { kernel: 'Linux\n6.1\naarch64', tools: 'gzip\nsha256sum\njournalctl' };

    const { arch, compressions } = judgeHost(parseFindings(output(changes)), NOW);

    expect([arch, compressions]).toEqual(['arm64', ['gzip']]);
  });

  it('takes the oldest C library that works', () => {
    expect(judgeHost(parseFindings(output({ libc: 'glibc 2.17' })), NOW).arch).toBe('x64');
  });

  it('reads ldd where getconf is missing', () => {
    const libc = 'ldd (Debian GLIBC 2.36-9+deb12u10) 2.36';

    expect(judgeHost(parseFindings(output({ libc })), NOW).arch).toBe('x64');
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    ['another system', { kernel: 'FreeBSD\n14\namd64' }, 'unsupported_os', /FreeBSD/],
    ['another architecture', { kernel: 'Linux\n6\nriscv64' }, 'unsupported_arch', /riscv64/],
    [
      'musl',
      {
        libc: 'musl libc (x86_64)',
        musl: '/lib/ld-musl-x86_64.so.1',
        os_release: 'PRETTY_NAME="Alpine Linux v3.20"',
      },
      'unsupported_libc',
      /Alpine Linux v3.20 uses the C library musl/,
    ],
    ['an old C library', { libc: 'glibc 2.12' }, 'old_libc', /2\.12/],
    ['no systemd', { systemd: '', init: 'init' }, 'no_systemd', /process 1 is init/],
    ['an old systemd', { systemd: 'systemd 237' }, 'old_systemd', /237/],
    ['no decompressor', { tools: 'sha256sum' }, 'no_decompressor', /neither xz nor gzip/],
    ['no sha256sum', { tools: 'gzip' }, 'tool_missing', /sha256sum/],
    [
      'a full disk',
      { space: '/dev/sda1 100 90 10240 90% /\n/dev/sda1 1 1 9000000 1% /' },
      'disk_full',
      /\/opt has 10 MiB free/,
    ],
    [
      'noexec on /opt',
      { mounts: '/dev/a / ext4 rw 0 0\n/dev/b /opt ext4 rw,noexec,nosuid 0 0' },
      'noexec',
      /noexec/,
    ],
    [
      'a read-only /var',
      { mounts: '/dev/a / ext4 rw 0 0\n/dev/b /var ext4 ro 0 0' },
      'read_only',
      /\/var\/lib/,
    ],
    ['a login that is not root', { user: '1000' }, 'not_root', /sudo/],
  ])('refuses %s', (_name, changes, code, message) => {
    const failure = refusal(changes);

    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
  });

  it('lets a mount below decide, and the last one of a place', () => {
    const mounts =
      '/dev/a / ext4 rw,noexec 0 0\n/dev/b /opt ext4 rw,noexec 0 0\n/dev/c /opt ext4 rw 0 0';

    expect(judgeHost(parseFindings(output({ mounts })), NOW).arch).toBe('x64');
  });

  it('warns of a clock that is off', () => {
    const { warnings } = judgeHost(parseFindings(output({ clock: String(NOW - 90) })), NOW);

    expect(warnings).toEqual(['the server’s clock is 90 s behind: synchronise it']);
  });
});
