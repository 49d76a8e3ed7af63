import { describe, expect, it } from '@jest/globals';
import type { PlaybookSummary } from '../platform/api/generated/models/playbook-summary';
import { foundPlaybooks } from './playbook-search';

const playbooks = [
  { name: 'ping', title: 'Ping', description: 'Answers.' },
  { name: 'restart_service', title: 'Restart a service', description: 'One systemd unit.' },
] as PlaybookSummary[];

const names = (search: string): string[] =>
  foundPlaybooks(playbooks, search).map(({ name }) => name);

describe('foundPlaybooks', () => {
  it('are all without a search', () => {
    expect(names('  ')).toEqual(['ping', 'restart_service']);
  });

  it('have every word in name, title or description, in whatever case', () => {
    expect(names('UNIT restart')).toEqual(['restart_service']);
    expect(names('unit ping')).toEqual([]);
  });
});
