import { describe, expect, it } from '@jest/globals';
import { AgentCallError } from '../platform/agent-client/index.js';
import type { AgentCallLayer } from '../platform/agent-client/index.js';
import { diagnose, isCrashing, parseServiceReport } from './rpc-diagnosis.js';
import type { ServiceReport } from './rpc-diagnosis.js';

const ADDRESS = { host: '10.0.0.5', port: 23_456 };

function failing(layer: AgentCallLayer, code: string): AgentCallError {
  return new AgentCallError(`it failed at ${layer}`, {
    layer,
    code,
    retryable: true,
    notDelivered: true,
  });
}

function report(change: Partial<ServiceReport> = {}): ServiceReport {
  return {
    activeState: 'active',
    restarts: 0,
    listeningPorts: new Set([22, ADDRESS.port]),
    journal: ['started'],
    ...change,
  };
}

describe('parseServiceReport', () => {
  it('reads state, ports and journal', () => {
    const parsed = parseServiceReport(
      [
        '',
        '@@ state',
        'ActiveState=activating',
        'NRestarts=3',
        '',
        '@@ listening',
        '   0: 00000000:5BA0 00000000:0000 0A',
        '',
        '@@ journal',
        'myx-agent: config.json is readable by others',
      ].join('\n'),
    );

    expect(parsed).toEqual({
      activeState: 'activating',
      restarts: 3,
      listeningPorts: new Set([23_456]),
      journal: ['myx-agent: config.json is readable by others'],
    });
  });

  it('says unknown when the server said nothing', () => {
    expect(parseServiceReport('')).toMatchObject({ activeState: 'unknown', restarts: 0 });
  });
});

describe('isCrashing', () => {
  it.each([
    [{ activeState: 'failed' }, true],
    [{ restarts: 5 }, true],
    [{ activeState: 'activating', restarts: 1 }, false],
    [{}, false],
  ])('of %j is %j', (change, crashing) => {
    expect(isCrashing(report(change))).toBe(crashing);
  });
});

describe('diagnose', () => {
  it.each<[AgentCallLayer, string]>([
    ['dns', 'name_not_found'],
    ['tls', 'handshake_failed'],
    ['certificate_pin', 'certificate_changed'],
    ['token', 'refused'],
    ['rpc', 'timeout'],
  ])('passes a failure at %s on', (layer, code) => {
    const failure = diagnose(failing(layer, code), report(), ADDRESS);

    expect([failure.layer, failure.code]).toEqual([layer, code]);
  });

  it.each<[string, string, Partial<ServiceReport>, string]>([
    ['a firewall that drops', 'connect_timeout', {}, 'port_filtered'],
    ['a firewall that rejects', 'connection_refused', {}, 'port_refused'],
    [
      'a service that does not listen',
      'connection_refused',
      { listeningPorts: new Set([22]) },
      'agent_not_listening',
    ],
    [
      'a service that does not run',
      'connection_refused',
      { activeState: 'failed', journal: ['first', 'the configuration is broken'] },
      'agent_not_running',
    ],
  ])('recognises %s', (_name, code, change, diagnosis) => {
    const failure = diagnose(failing('tcp', code), report(change), ADDRESS);

    expect([failure.layer, failure.code]).toEqual(['tcp', diagnosis]);
  });

  it('quotes the journal of a service that does not run', () => {
    const failed = report({ activeState: 'failed', journal: ['first', 'it is broken'] });

    expect(diagnose(failing('tcp', 'connection_refused'), failed, ADDRESS).message).toContain(
      'it is broken',
    );
  });

  it('keeps to what the manager met when the server cannot be asked', () => {
    const failure = diagnose(failing('tcp', 'connect_timeout'), null, ADDRESS);

    expect([failure.layer, failure.code]).toEqual(['tcp', 'connect_timeout']);
  });
});
