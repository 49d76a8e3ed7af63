import { describe, expect, it } from '@jest/globals';

import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it('renders counters, durations and gauges with their labels', async () => {
    const metrics = new Metrics();
    const jobs = metrics.counter({ name: 'myx_jobs_total', help: 'Jobs', labels: ['outcome'] });
    const calls = metrics.duration({ name: 'myx_call_seconds', help: 'Calls' });
    metrics.gauge({ name: 'myx_servers', help: 'Servers' }, (gauge) => {
      gauge.set(7);
    });

    jobs.inc({ outcome: 'failed' }, 2);
    calls.observe(0.02);
    const { body, contentType } = await metrics.render();

    expect(contentType).toContain('text/plain');
    expect(body).toContain('myx_jobs_total{outcome="failed"} 2');
    expect(body).toContain('myx_call_seconds_bucket{le="0.025"} 1');
    expect(body).toContain('myx_call_seconds_bucket{le="0.01"} 0');
    expect(body).toContain('\nmyx_servers 7');
  });

  it('includes the process, and keeps instances apart', async () => {
    const one = new Metrics();
    const other = new Metrics();
    one.counter({ name: 'myx_once_total', help: 'Once' }).inc();

    const { body } = await other.render();

    expect(body).toContain('process_resident_memory_bytes');
    expect(body).not.toContain('myx_once_total');
  });

  it('refuses the same name twice', () => {
    const metrics = new Metrics();
    metrics.gauge({ name: 'myx_servers', help: 'Servers' });

    expect(() => metrics.gauge({ name: 'myx_servers', help: 'Servers' })).toThrow(
      'already been registered',
    );
  });
});
