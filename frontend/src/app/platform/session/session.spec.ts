import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Component } from '@angular/core';
import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { firstValueFrom } from 'rxjs';
import type { CurrentSession } from '../api/generated/models/current-session';
import { Problem } from '../problem/problem';
import { problemInterceptor } from '../problem/problem.interceptor';
import { Reachability } from '../problem/reachability';
import { requireSession, requireState, safeNext } from './session-guards';
import { sessionInterceptor } from './session.interceptor';
import { SessionStore } from './session-store';

@Component({ selector: 'app-page', template: 'page' })
class Page {}

const SESSION: CurrentSession = {
  kind: 'user',
  id: '0198f7a0-0000-7000-8000-000000000001',
  login: 'ada',
  role: 'operator',
  permissions: ['self', 'servers:read'],
  expires_at: '2026-12-01T00:00:00.000Z',
};
const ended = { name: 'authentication_required', title: 'Sign in first', detail: 'Sign in first.' };
const unauthorized = { status: 401, statusText: 'Unauthorized' };

describe('session', () => {
  let http: HttpTestingController;
  let store: SessionStore;

  beforeEach(() => {
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([sessionInterceptor, problemInterceptor])),
        provideHttpClientTesting(),
        provideRouter([
          { path: 'start', component: Page, canActivate: [requireState('setup')] },
          { path: 'sign-in', component: Page, canActivate: [requireState('signed_out')] },
          { path: '', component: Page, canActivate: [requireSession], pathMatch: 'full' },
          { path: 'servers', component: Page, canActivate: [requireSession] },
        ]),
      ],
    });
    http = TestBed.inject(HttpTestingController);
    store = TestBed.inject(SessionStore);
  });

  afterEach(() => {
    http.verify();
  });

  const answerSession = async (): Promise<void> => {
    const loaded = store.load();
    http.expectOne('/api/v1/session').flush(SESSION);
    await loaded;
  };
  const answerSetup = async (needed: boolean): Promise<void> => {
    const loaded = store.load();
    http.expectOne('/api/v1/session').flush(ended, unauthorized);
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve));
    http.expectOne('/api/v1/setup').flush({ needed });
    await loaded;
  };

  it('knows who is signed in and what they may do', async () => {
    await answerSession();

    expect(store.state()).toBe('signed_in');
    expect(store.can('servers:read')).toBe(true);
    expect(store.can('users:manage')).toBe(false);
  });

  it.each([
    [true, 'setup', '/start'],
    [false, 'signed_out', '/sign-in?next=%2Fservers'],
  ] as const)('with setup needed %s, stands at %s and leads to %s', async (needed, state, url) => {
    await answerSetup(needed);
    const harness = await RouterTestingHarness.create();

    await harness.navigateByUrl('/servers');

    expect(store.state()).toBe(state);
    expect(TestBed.inject(Router).url).toBe(url);
  });

  it('says so when the manager cannot be asked', async () => {
    const loaded = store.load();
    http.expectOne('/api/v1/session').error(new ProgressEvent('error'));
    await loaded;

    expect(store.state()).toBe('failed');
    expect(store.problem()?.isUnreachable).toBe(true);
    expect(TestBed.inject(Reachability).outage()).toBe('manager_unreachable');
    const harness = await RouterTestingHarness.create();
    await harness.navigateByUrl('/servers?status=offline');
    expect(TestBed.inject(Router).url).toBe('/servers?status=offline');
  });

  it('keeps somebody who is signed in away from the sign-in page', async () => {
    await answerSession();
    const harness = await RouterTestingHarness.create();

    await harness.navigateByUrl('/sign-in');

    expect(TestBed.inject(Router).url).toBe('/');
  });

  it('goes to the sign-in page when the session has ended, and remembers from where', async () => {
    await answerSession();
    const harness = await RouterTestingHarness.create();
    await harness.navigateByUrl('/servers');

    const request = firstValueFrom(TestBed.inject(HttpClient).get('/api/v1/servers'));
    http.expectOne('/api/v1/servers').flush(ended, unauthorized);

    await expect(request).rejects.toBeInstanceOf(Problem);
    await harness.fixture.whenStable();
    expect(store.state()).toBe('signed_out');
    expect(TestBed.inject(Router).url).toBe('/sign-in?next=%2Fservers&ended=true');
  });

  it('counts a session that had ended already as signed out', async () => {
    await answerSession();

    const done = store.signOut();
    http.expectOne({ method: 'DELETE', url: '/api/v1/session' }).flush(ended, unauthorized);
    await done;

    expect(store.state()).toBe('signed_out');
    expect(store.session()).toBeNull();
  });

  it('stays signed in when the manager could not be told', async () => {
    await answerSession();

    const done = store.signOut();
    http.expectOne({ method: 'DELETE', url: '/api/v1/session' }).error(new ProgressEvent('error'));

    await expect(done).rejects.toMatchObject({ name: 'manager_unreachable' });
    expect(store.state()).toBe('signed_in');
  });
});

describe('safeNext', () => {
  it.each([
    ['/servers?status=offline', '/servers?status=offline'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-in?next=/x', '/'],
    [undefined, '/'],
  ])('%s leads to %s', (next, path) => {
    expect(safeNext(next)).toBe(path);
  });
});
