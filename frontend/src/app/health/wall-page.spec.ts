import { expect, it } from '@jest/globals';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { LiveConnection } from '../platform/live/live-connection';
import { SessionStore } from '../platform/session/session-store';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { FleetStore } from '../servers/fleet-store';
import { boardServer } from '../../testing/board-server';
import { WallPage } from './wall-page';

const nothing = (): undefined => undefined;

async function showWall(servers: readonly BoardServer[]) {
  const fetchedAt = signal(0);
  const live = {
    follow: () => ({ ready: new Promise(nothing), stop: nothing }),
    start: nothing,
    stop: nothing,
    state: signal('connecting'),
    stateSince: signal(0),
    refused: signal(0),
  };
  const fleet = {
    fetchedAt,
    revision: fetchedAt,
    problem: signal(null),
    all: () => (fetchedAt() === 0 ? [] : servers),
    server: (id: string) => signal(servers.find((server) => server.id === id)),
  };
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
  await fixture.whenStable();
  return { fixture, fetchedAt, root: fixture.nativeElement as HTMLElement };
}

const WELL = boardServer({ id: '1', name: 'ams-1' });
const LOST = boardServer({ id: '2', name: 'fra-1', status: 'offline' });

it('counts no server and calls no fleet well before it knows of one', async () => {
  const { fixture, fetchedAt, root } = await showWall([WELL]);
  expect(root.querySelector('main')?.textContent.trim()).toBe('Loading');

  fetchedAt.set(1);
  await fixture.whenStable();
  expect(root.textContent).toContain('Every server is well.');
  expect(root.textContent).toContain('ams-1');
});

it('calls no fleet well that has no server', async () => {
  const { fixture, fetchedAt, root } = await showWall([]);
  fetchedAt.set(1);
  await fixture.whenStable();
  expect(root.textContent).toContain('There is no server to watch yet');
  expect(root.textContent).not.toContain('Every server is well.');
});

it('shows only the servers of the state that is pressed', async () => {
  const { fixture, fetchedAt, root } = await showWall([WELL, LOST]);
  fetchedAt.set(1);
  await fixture.whenStable();
  const groups = (): string => root.querySelector('.groups')?.textContent ?? '';
  expect(groups()).toContain('ams-1');

  const [, , offline] = root.querySelectorAll<HTMLButtonElement>('app-board-counts button');
  offline?.click();
  await fixture.whenStable();
  expect(groups()).not.toContain('ams-1');
  expect(groups()).toContain('fra-1');
});
