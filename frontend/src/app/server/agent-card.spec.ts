import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { Api } from '../platform/api/generated/api';
import { SessionStore } from '../platform/session/session-store';
import { Dialogs } from '../ui/dialogs';
import { AgentCard } from './agent-card';
import { NewLogin } from './new-login';
import { ServerStore } from './server-store';

describe('AgentCard', () => {
  const add = jest.fn();
  let permissions: readonly string[];

  beforeEach(() => {
    add.mockReset();
    permissions = ['operations:run', 'servers:write'];
  });

  async function show(connection: 'ssh' | 'registered'): Promise<HTMLElement> {
    const live = (): object => ({ connection, agent_version: '0.1.0' });
    TestBed.configureTestingModule({
      providers: [
        { provide: Api, useValue: {} },
        { provide: Dialogs, useValue: {} },
        { provide: NewLogin, useValue: { add } },
        { provide: Router, useValue: {} },
        { provide: ServerStore, useValue: { live } },
        {
          provide: SessionStore,
          useValue: { can: (permission: string) => permissions.includes(permission) },
        },
      ],
    });
    const fixture = TestBed.createComponent(AgentCard);
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }

  const buttons = (root: HTMLElement): readonly string[] =>
    [...root.querySelectorAll('button')].map(({ textContent }) => textContent.trim());

  it('offers what works over SSH', async () => {
    const root = await show('ssh');

    expect(buttons(root)).toEqual([
      'Repair the agent',
      'Reinstall the agent',
      'Uninstall the agent',
    ]);
  });

  it('says what is missing without a login, and offers to add one and nothing else', async () => {
    const root = await show('registered');

    expect(root.textContent).toContain('has no login here');
    expect(buttons(root)).toEqual(['Add a login']);
    root.querySelector('button')?.click();
    expect(add).toHaveBeenCalledTimes(1);
  });

  it('only says so to whom may not add one', async () => {
    permissions = ['operations:run'];

    const root = await show('registered');

    expect(root.textContent).toContain('has no login here');
    expect(buttons(root)).toEqual([]);
  });
});
