import { expect, it } from '@jest/globals';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { LiveConnection } from '../platform/live/live-connection';
import { SessionStore } from '../platform/session/session-store';
import { FleetStore } from '../servers/fleet-store';
import { WallPage } from './wall-page';

it('calls no fleet well before it knows of one', async () => {
  const fetchedAt = signal(0);
  const nothing = (): undefined => undefined;
  const live = {
    follow: () => ({ ready: new Promise(nothing), stop: nothing }),
    start: nothing,
    stop: nothing,
    state: signal('connecting'),
    stateSince: signal(0),
    refused: signal(0),
  };
  const fleet = { fetchedAt, revision: fetchedAt, problem: signal(null), all: () => [] };
  TestBed.configureTestingModule({
    providers: [
      provideRouter([]),
      { provide: Api, useValue: { invoke: () => new Promise(nothing) } },
      { provide: LiveConnection, useValue: live },
      { provide: SessionStore, useValue: { verify: nothing } },
      { provide: FleetStore, useValue: fleet },
    ],
  });
  const fixture = TestBed.createComponent(WallPage);
  const root = fixture.nativeElement as HTMLElement;
  await fixture.whenStable();
  expect(root.textContent).not.toContain('Every server is well.');

  fetchedAt.set(1);
  await fixture.whenStable();
  expect(root.textContent).toContain('Every server is well.');
});
