import { describe, expect, it } from '@jest/globals';
import type { AuditEvent } from '../platform/api/generated/models/audit-event';
import { exportText } from './audit-export';
import { auditFilterFrom, auditQuery, isNarrow } from './audit-filter';

function event(changes: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: 'e1',
    seq: 7,
    at: '2026-01-01T00:00:00.000Z',
    actor: { kind: 'user', id: 'u1', name: 'ada', role: 'admin' },
    address: '10.0.0.9',
    correlation_id: 'c1',
    action: 'server.create',
    object: { type: 'server', id: 's1', name: 'web-1' },
    outcome: 'success',
    details: {},
    ...changes,
  };
}

describe('the filter of the audit log', () => {
  it('includes the last day, in the time zone of the browser', () => {
    const { from, to } = auditQuery(auditFilterFrom({ from: '2026-01-31', to: '2026-01-31' }));

    expect(from).toBe(new Date(2026, 0, 31).toISOString());
    expect(to).toBe(new Date(2026, 1, 1).toISOString());
  });

  it('asks only for what is set, and leaves out what makes no sense', () => {
    const filter = auditFilterFrom({ actor: 'ada', outcome: 'maybe', from: 'yesterday' });

    expect(auditQuery(filter)).toEqual({ actor: 'ada' });
    expect(isNarrow(filter)).toBe(true);
    expect(isNarrow(auditFilterFrom({ outcome: 'maybe' }))).toBe(false);
  });
});

describe('an export of the audit log', () => {
  it('is a table that programs can read', () => {
    const text = exportText([event({ details: { name: 'a "quoted", one' } })], 'csv');
    const [head, row, end] = text.split('\r\n');

    expect(head?.split(',')).toHaveLength(14);
    expect(row).toBe(
      '7,2026-01-01T00:00:00.000Z,user,u1,ada,admin,10.0.0.9,server.create,server,s1,web-1,success,c1,"{""name"":""a \\""quoted\\"", one""}"',
    );
    expect(end).toBe('');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('never lets a spreadsheet run %j', (name) => {
    const text = exportText([event({ object: { type: 'server', id: 's1', name } })], 'csv');

    expect(text).toContain(`'${name}`);
  });

  it('has nothing for actions without an object', () => {
    const nothing = null as unknown as AuditEvent['object'];

    expect(exportText([event({ object: nothing })], 'csv')).toContain('server.create,,,,success');
  });

  it('is JSON for programs', () => {
    expect(JSON.parse(exportText([event()], 'json'))).toEqual([event()]);
  });
});
