import { beforeEach, describe, expect, it } from '@jest/globals';
import { computed, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { en } from '../../i18n/en';
import type { DeploymentDetails } from '../platform/api/generated/models/deployment-details';
import { DeploymentActions } from './deployment-actions';
import { DeploymentCause } from './deployment-cause';
import { DeploymentStore } from './deployment-store';

const HEALTHY: DeploymentDetails = {
  id: 'd1',
  kind: 'xray',
  server_id: 's1',
  server_name: 'exit-1',
  state: 'healthy',
  state_since: '2026-01-01T00:00:00.000Z',
  desired_version: 3,
  applied_version: 3,
  error: null,
  differences: [],
  operation_id: 'o1',
  busy: false,
  last_check_at: null,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  config: {},
  results: [],
  program_version: null,
};
const FAILURE = {
  step: 'deploy',
  layer: 'ready',
  code: 'ready_failed',
  message: 'port 443 does not listen\nJournal of myx-xray.service:\nfailed to listen',
};

describe('DeploymentCause', () => {
  const details = signal(HEALTHY);
  const mayWrite = signal(true);

  beforeEach(() => {
    details.set(HEALTHY);
    mayWrite.set(true);
    const store = {
      details,
      mayWrite,
      isFree: computed(() => !details().busy),
      operation: { operation: signal(null) },
    };
    TestBed.configureTestingModule({
      providers: [
        provideRouter([]),
        { provide: DeploymentStore, useValue: store },
        { provide: DeploymentActions, useValue: { busy: signal(null) } },
      ],
    });
  });

  async function shown(changes: Partial<DeploymentDetails>, brief = false): Promise<string> {
    details.set({ ...HEALTHY, ...changes });
    const fixture = TestBed.createComponent(DeploymentCause);
    fixture.componentRef.setInput('brief', brief);
    await fixture.whenStable();
    return (fixture.nativeElement as HTMLElement).textContent.replaceAll(/\s+/g, ' ').trim();
  }

  it('says nothing of what is well, or is being worked on', async () => {
    expect(await shown({})).toBe('');
    expect(await shown({ state: 'applying', busy: true, error: FAILURE })).toBe('');
  });

  it('says that a failed change was taken back, why, and in the words of the service', async () => {
    const text = await shown({ state: 'rolled_back', desired_version: 4, error: FAILURE });

    expect(text).toContain('version 3 runs again');
    expect(text).toContain(en['layer.ready']);
    expect(text).toContain('port 443 does not listen');
    expect(text).toContain('Journal of myx-xray.service:');
    expect(text).toContain('failed to listen');
    expect(text).toContain('Try version 4 again');
    expect(text).toContain('Roll back to version 3');
  });

  it('leaves the words of the service out where something else is read', async () => {
    const text = await shown({ state: 'failed', applied_version: null, error: FAILURE }, true);

    expect(text).toContain(en['deployment.isFailed']);
    expect(text).toContain('port 443 does not listen');
    expect(text).not.toContain('failed to listen');
  });

  it('lists what somebody else has changed on the server', async () => {
    const text = await shown({
      state: 'drifted',
      differences: [{ what: 'file', name: '/etc/x', message: 'was changed' }],
    });

    expect(text).toContain(`/etc/x ${en['drift.changed']}`);
    expect(text).toContain('Apply again');
  });

  it('tells an operation that never reached the server from one that was taken back', async () => {
    expect(await shown({ error: { ...FAILURE, message: 'offline' } })).toContain(
      'before it changed anything',
    );
  });

  it('tells of a stored change that does not run, and offers nothing to those who may only look', async () => {
    mayWrite.set(false);

    const text = await shown({ desired_version: 4 });

    expect(text).toContain('Version 4 is stored but not applied');
    expect(text).not.toContain('Apply version 4');
  });
});
