import { describe, expect, it } from '@jest/globals';
import { AGENT_PORT_RANGE, isAgentPort, randomAgentPort } from './agent-ports.js';

const ALL = Array.from(
  { length: AGENT_PORT_RANGE.max - AGENT_PORT_RANGE.min + 1 },
  (_unused, index) => AGENT_PORT_RANGE.min + index,
);
const usable = ALL.filter(isAgentPort);

describe('isAgentPort', () => {
  it.each([1024, 7999, 8080, 8443, 9100, 10250, 30000, 32768, 60999, 65536])(
    'refuses %i',
    (port) => {
      expect(isAgentPort(port)).toBe(false);
    },
  );

  it('leaves enough ports for large fleets', () => {
    expect(usable.length).toBeGreaterThan(20_000);
  });
});

describe('randomAgentPort', () => {
  it('gives usable ports, not the same one every time', () => {
    const ports = Array.from({ length: 200 }, () => randomAgentPort(new Set()));

    expect(ports.every((port) => port !== undefined && isAgentPort(port))).toBe(true);
    expect(new Set(ports).size).toBeGreaterThan(100);
  });

  it('gives the last free port', () => {
    const last = usable[4711];

    expect(randomAgentPort(new Set(usable.filter((port) => port !== last)))).toBe(last);
  });

  it('has nothing when all are taken', () => {
    expect(randomAgentPort(new Set(usable))).toBeUndefined();
  });
});
