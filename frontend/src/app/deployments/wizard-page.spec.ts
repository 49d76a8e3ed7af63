import { beforeEach, describe, expect, it } from '@jest/globals';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { listDeploymentKinds } from '../platform/api/generated/fn/deployments/list-deployment-kinds';
import type { DeploymentKind } from '../platform/api/generated/models/deployment-kind';
import { boardServer } from '../../testing/board-server';
import { FleetStore } from '../servers/fleet-store';
import { WizardPage } from './wizard-page';

const words = { en: 'Sample', 'zh-CN': 'Sample' };
const KIND: DeploymentKind = { name: 'sample', title: words, summary: words, form: { fields: [] } };
const SERVER = boardServer({ id: 's', name: 'web-1' });

describe('WizardPage', () => {
  const fetchedAt = signal(0);
  const existing = Promise.withResolvers<unknown>();
  let fixture: ComponentFixture<WizardPage>;
  const root = (): HTMLElement => fixture.nativeElement as HTMLElement;
  const next = (): HTMLButtonElement | null =>
    root().querySelector<HTMLButtonElement>('button[type=submit]');

  beforeEach(() => {
    const server = signal(SERVER);
    const fleet = {
      fetchedAt,
      revision: fetchedAt,
      problem: signal(null),
      ids: () => (fetchedAt() > 0 ? ['s'] : []),
      server: () => server,
    };
    const invoke = (what: unknown): Promise<unknown> =>
      what === listDeploymentKinds ? Promise.resolve({ items: [KIND] }) : existing.promise;
    TestBed.configureTestingModule({
      providers: [
        provideRouter([]),
        { provide: Api, useValue: { invoke } },
        { provide: FleetStore, useValue: fleet },
      ],
    });
  });

  /** One of its answers never comes: it is not waited for until nothing is on its way. */
  async function until(isThere: () => boolean): Promise<void> {
    for (;;) {
      TestBed.tick();
      if (isThere()) return;
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  it('goes on from the servers only once it knows them, and which of them have the service', async () => {
    fixture = TestBed.createComponent(WizardPage);
    fixture.componentRef.setInput('kind', 'sample');
    fixture.componentRef.setInput('server', 's');
    await until(() => next() !== null);
    expect(root().querySelector('h2')?.textContent).toBe('Where is Sample to run?');
    expect(next()?.disabled).toBe(true);

    fetchedAt.set(1);
    TestBed.tick();
    expect(next()?.disabled).toBe(true);

    existing.resolve({ items: [], next_cursor: null });
    await until(() => root().textContent.includes('On web-1.'));
    expect(next()?.disabled).toBe(false);
  });
});
