import { describe, expect, it } from '@jest/globals';
import { parseCpuModel } from './cpu-info.ts';
import { cpuPercent, parseCpuTimes } from './cpu-stat.ts';
import { parseLoadavg } from './loadavg.ts';
import { parseMeminfo } from './meminfo.ts';
import { parseMounts } from './mounts.ts';
import { parseNetworkTraffic } from './network-traffic.ts';
import { parseOsRelease } from './os-release.ts';
import { parseUptime } from './vitals.ts';

describe('/proc/loadavg', () => {
  it('has three averages first', () => {
    expect(parseLoadavg('0.52 1.08 12.59 3/405 12345\n')).toEqual([0.52, 1.08, 12.59]);
    expect(() => parseLoadavg('nonsense\n')).toThrow();
  });
});

describe('/proc/meminfo', () => {
  const text =
    'MemTotal:  2048 kB\nMemFree:  512 kB\nMemAvailable:  1024 kB\nSwapTotal: 64 kB\nSwapFree: 32 kB\nHugePages_Total: 0\n';

  it('counts in kibibytes', () => {
    expect(parseMeminfo(text)).toEqual({
      totalBytes: 2_097_152,
      availableBytes: 1_048_576,
      swapTotalBytes: 65_536,
      swapFreeBytes: 32_768,
    });
  });

  it('falls back to free memory on old kernels, and invents nothing', () => {
    expect(parseMeminfo(text.replace('MemAvailable', 'Old')).availableBytes).toBe(524_288);
    expect(() => parseMeminfo('MemFree: 1 kB\n')).toThrow('MemTotal');
  });
});

describe('/proc/stat', () => {
  const line = 'cpu  100 10 50 800 40 0 5 2 30 0\ncpu0 1 2 3 4\n';

  it('is busy but for idle and waiting time; guest time counts once', () => {
    expect(parseCpuTimes(line)).toEqual({ busy: 167, total: 1007 });
    expect(() => parseCpuTimes('intr 1\n')).toThrow();
  });

  it('gives a share between two samples, also when counters step back', () => {
    expect(cpuPercent({ busy: 0, total: 0 }, { busy: 25, total: 200 })).toBe(12.5);
    expect(cpuPercent({ busy: 30, total: 100 }, { busy: 29, total: 110 })).toBe(0);
    expect(cpuPercent({ busy: 1, total: 100 }, { busy: 1, total: 100 })).toBeNull();
  });
});

describe('/proc/net/dev', () => {
  it('is summed over all interfaces but loopback', () => {
    const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
  eth0: 1000 2 0 0 0 0 0 0 300 4 0 0 0 0 0 0
enp3s0.7:50 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0
`;

    expect(parseNetworkTraffic(text)).toEqual({ receivedBytes: 1050, sentBytes: 307 });
  });
});

describe('os-release', () => {
  it('unquotes values and knows defaults', () => {
    expect(
      parseOsRelease('# x\nID=debian\nVERSION_ID="12"\nPRETTY_NAME="A \\"B\\" \\$C"\n'),
    ).toEqual({ id: 'debian', versionId: '12', prettyName: 'A "B" $C' });
    expect(parseOsRelease("ID='alpine'\n")).toEqual({
      id: 'alpine',
      versionId: null,
      prettyName: 'Linux',
    });
    expect(parseOsRelease('').id).toBe('linux');
  });
});

describe('/proc/cpuinfo', () => {
  it('tells the model where there is one', () => {
    expect(parseCpuModel('processor\t: 0\nmodel name\t: AMD EPYC 7B13\n')).toBe('AMD EPYC 7B13');
    expect(parseCpuModel('processor\t: 0\nBogoMIPS\t: 50.00\n')).toBeNull();
  });
});

describe('/proc/self/mounts', () => {
  it('keeps file systems with data, each device once, at its shortest path', () => {
    const text = [
      'proc /proc proc rw 0 0',
      '/dev/vda1 /srv/data ext4 rw 0 0',
      '/dev/vda1 / ext4 rw 0 0',
      '/dev/sdb1 /mnt/with\\040blank xfs rw 0 0',
      'tmpfs /run tmpfs rw 0 0',
      '',
    ].join('\n');

    expect(parseMounts(text)).toEqual([
      { device: '/dev/vda1', path: '/', filesystem: 'ext4' },
      { device: '/dev/sdb1', path: '/mnt/with blank', filesystem: 'xfs' },
    ]);
  });
});

describe('/proc/uptime', () => {
  it('is seconds', () => {
    expect(parseUptime('350735.47 234388.90\n')).toBe(350_735.47);
    expect(() => parseUptime('x y')).toThrow();
  });
});
