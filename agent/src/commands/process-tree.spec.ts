import { describe, expect, it } from '@jest/globals';
import { cpuTicksOf, parseCpuTicks, processesOf } from './process-tree.ts';

describe('process tree', () => {
  it('adds up CPU time of a process whose name has blanks and parentheses', () => {
    const stat = '42 (a) b (c) S 1 42 42 0 -1 4194304 100 200 0 0 7 3 20 10 20 0 1 0 12345 1000';

    expect(parseCpuTicks(stat)).toBe(40);
  });

  it('takes a process that is gone for idle, and a group that is gone for empty', () => {
    expect(cpuTicksOf(2 ** 30)).toBe(0);
    expect(processesOf('/no/such.service')).toEqual([]);
  });

  it('never takes the root group for the group of a command', () => {
    expect(processesOf('/')).toEqual([]);
    expect(processesOf('')).toEqual([]);
  });
});
