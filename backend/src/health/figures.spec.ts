import { describe, expect, it } from '@jest/globals';
import { Vitals } from '@myx/protocol';
import { Figures, figuresOf } from './figures.js';

const vitals = Vitals.parse({
  uptime_seconds: 12.4,
  boot_id: 'b',
  load: [0.5, 0.4, 0.3],
  cpu_percent: 12.345,
  memory: { total_bytes: 1000, available_bytes: 250 },
  swap: { total_bytes: 0, free_bytes: 0 },
  disks: [
    { path: '/', total_bytes: 100, available_bytes: 60 },
    { path: '/var/lib/myx-agent', total_bytes: 100, available_bytes: 10 },
  ],
  network: { received_bytes: 5, sent_bytes: 6 },
});

describe('figuresOf', () => {
  it('picks what the board shows', () => {
    expect(Figures.parse(figuresOf(vitals))).toEqual({
      uptime_seconds: 12,
      load_1: 0.5,
      cpu_percent: 12.3,
      memory_used_percent: 75,
      swap_used_percent: null,
      disk_used_percent: 90,
      network_received_bytes: 5,
      network_sent_bytes: 6,
    });
  });

  it('invents nothing', () => {
    const unknown = figuresOf({ ...vitals, cpu_percent: null, disks: [] });

    expect(unknown).toMatchObject({ cpu_percent: null, disk_used_percent: null });
  });
});
