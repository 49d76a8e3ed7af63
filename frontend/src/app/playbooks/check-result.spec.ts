import { beforeEach, describe, expect, it } from '@jest/globals';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { getOperation } from '../platform/api/generated/fn/operations/get-operation';
import { getOperationLog } from '../platform/api/generated/fn/operations/get-operation-log';
import type { OperationDetails } from '../platform/api/generated/models/operation-details';
import type { PlaybookVersion } from '../platform/api/generated/models/playbook-version';
import { LiveConnection } from '../platform/live/live-connection';
import { FleetStore } from '../servers/fleet-store';
import { CheckResult } from './check-result';

const CHECK = { operation_id: 'o', server_id: 's', message: null, checked_at: null };

const VERSION: PlaybookVersion = {
  playbook_id: 'p',
  version: 2,
  state: 'checking',
  content: '',
  sha256: '',
  note: '',
  variables: [],
  author: { kind: 'user', id: 'u', name: 'admin' },
  check: CHECK,
  created_at: '2026-01-01T00:00:00.000Z',
};

const OPERATION: OperationDetails = {
  id: 'o',
  type: 'check_playbook',
  server_id: 's',
  server_name: 'web-1',
  batch_id: null,
  state: 'running',
  direction: 'forward',
  error: null,
  leftovers: [],
  cancel_requested: false,
  attempt: 1,
  actor: { kind: 'user', id: 'u', name: 'admin' },
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: '2026-01-01T00:00:00.000Z',
  finished_at: null,
  cleanup_after: null,
  steps: [
    {
      position: 0,
      name: 'check_syntax',
      title: 'Have Ansible read the playbook',
      state: 'running',
      started_at: '2026-01-01T00:00:00.000Z',
      finished_at: null,
      error: null,
      progress: null,
    },
  ],
};

describe('CheckResult', () => {
  beforeEach(() => {
    const invoke = (what: unknown): Promise<unknown> => {
      if (what === getOperation) return Promise.resolve(OPERATION);
      if (what === getOperationLog) return Promise.resolve({ lines: [], next_after: 0 });
      return Promise.reject(new Error('nothing else is asked for'));
    };
    const follow: LiveConnection['follow'] = () => ({
      ready: Promise.resolve(),
      stop: () => undefined,
    });
    const live = { follow, state: signal('live'), stateSince: signal(0) };
    const fleet = { revision: signal(0), server: () => signal({ name: 'web-1' }) };
    TestBed.configureTestingModule({
      providers: [
        provideRouter([]),
        { provide: Api, useValue: { invoke } },
        { provide: LiveConnection, useValue: live },
        { provide: FleetStore, useValue: fleet },
      ],
    });
  });

  async function shown(changes: Partial<PlaybookVersion>): Promise<string> {
    const fixture = TestBed.createComponent(CheckResult);
    fixture.componentRef.setInput('version', { ...VERSION, ...changes });
    // What it asks for has come once there is nothing left to draw.
    await fixture.whenStable();
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
    return (fixture.nativeElement as HTMLElement).textContent.replaceAll(/\s+/g, ' ').trim();
  }

  it('shows the steps of a check while it goes on', async () => {
    const text = await shown({});

    expect(text).toContain('Have Ansible read the playbook');
    expect(text).not.toContain('Version 2');
  });

  it('shows what came of it, and no steps any more', async () => {
    const usable = await shown({ state: 'usable' });
    expect(usable).toContain('Version 2 is usable');
    expect(usable).toContain('web-1');

    const check = { ...CHECK, message: 'no such module' };
    const refused = await shown({ state: 'invalid', check });
    expect(refused).toContain('Ansible refused version 2');
    expect(refused).toContain('no such module');
    expect(refused).not.toContain('Have Ansible read');
  });
});
