import { describe, expect, it } from '@jest/globals';
import { commandFilterFrom, commandsQuery, isInGroup } from './commands-filter';

const SERVER = '01a1faf8-d419-7113-a5c5-653ab4e02a60';
const NOW = Date.parse('2026-01-02T00:00:00.000Z');

describe('the filter of commands', () => {
  it('is read from the address and asked of the manager', () => {
    const filter = commandFilterFrom(
      { state: 'failed', server: SERVER, since: '24h', mine: '1' },
      'me',
    );

    expect(commandsQuery(filter, NOW)).toEqual({
      outcome: ['failed', 'timed_out', 'rejected', 'lost'],
      server_id: SERVER,
      from: '2026-01-01T00:00:00.000Z',
      actor_id: 'me',
    });
  });

  it('leaves out what makes no sense', () => {
    const filter = commandFilterFrom(
      { state: 'exploded', server: 'DROP', since: 'toString', mine: 'yes' },
      'me',
    );

    expect(commandsQuery(filter, NOW)).toEqual({});
  });

  it('asks for those that have not ended by their state', () => {
    const { status } = commandsQuery(commandFilterFrom({ state: 'active' }, null), NOW);

    expect(status).toEqual(['queued', 'starting', 'running', 'cancelling']);
  });
});

it.each([
  ['running', null, 'active', true],
  ['finished', 'succeeded', 'active', false],
  ['finished', 'lost', 'failed', true],
  ['finished', 'cancelled', 'failed', false],
  ['finished', 'cancelled', 'cancelled', true],
  ['queued', null, 'succeeded', false],
  ['queued', null, null, true],
] as const)('a command %s with outcome %s in %s: %s', (status, outcome, group, expected) => {
  expect(isInGroup({ status, outcome }, group)).toBe(expected);
});
