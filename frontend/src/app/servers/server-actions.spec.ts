import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { NEVER, of } from 'rxjs';
import { boardServer } from '../../testing/board-server';
import { Api } from '../platform/api/generated/api';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { SessionStore } from '../platform/session/session-store';
import type { Confirmation } from '../ui/confirm-dialog';
import { Dialogs } from '../ui/dialogs';
import { Toasts } from '../ui/toasts';
import type { BulkJob } from './bulk-dialog';
import { FleetStore } from './fleet-store';
import { RemoveDialog } from './remove-dialog';
import { ServerActions } from './server-actions';

function server(name: string, connection: BoardServer['connection']): BoardServer {
  return boardServer({ id: `id-${name}`, name, connection });
}

const [reached, alone] = [server('reached', 'ssh'), server('alone', 'registered')];

describe('ServerActions', () => {
  const confirm = jest.fn<(asked: Confirmation) => Promise<boolean>>();
  const invoke = jest.fn<(fn: unknown, asked: unknown) => Promise<unknown>>();
  const show = jest.fn();
  let jobs: BulkJob[];
  let permissions: readonly string[];
  let actions: ServerActions;

  beforeEach(() => {
    confirm.mockReset().mockResolvedValue(true);
    invoke.mockReset().mockResolvedValue({ operation_id: 'o' });
    show.mockReset();
    jobs = [];
    permissions = ['servers:write', 'operations:run'];
    const open = (component: unknown, { data }: { data: BulkJob }): { closed: unknown } => {
      if (component === RemoveDialog) return { closed: of({ uninstall: true, force: false }) };
      jobs.push(data);
      return { closed: of(true) };
    };
    TestBed.configureTestingModule({
      providers: [
        { provide: Api, useValue: { invoke } },
        { provide: Dialogs, useValue: { confirm, open } },
        { provide: FleetStore, useValue: { refresh: () => undefined } },
        { provide: Router, useValue: { events: NEVER } },
        {
          provide: SessionStore,
          useValue: { can: (permission: string) => permissions.includes(permission) },
        },
        { provide: Toasts, useValue: { show } },
      ],
    });
    actions = TestBed.inject(ServerActions);
  });

  const labels = (of: BoardServer): readonly string[] =>
    actions.menuOf(of, () => undefined).map(({ label }) => label);

  it('offers a repair where there is a login, and to add one where there is none', () => {
    expect(labels(reached)).toContain('Repair');
    expect(labels(reached)).not.toContain('Add an SSH login');
    expect(labels(alone)).not.toContain('Repair');
    expect(labels(alone)).toContain('Add an SSH login');
  });

  it('offers to add a login only to whom may', () => {
    permissions = ['operations:run'];

    expect(labels(alone)).not.toContain('Add an SSH login');
  });

  it('repairs those that can be, and names the others before', async () => {
    await actions.repair([reached, alone]);

    expect(confirm.mock.calls[0]?.[0]).toMatchObject({ title: 'Repair the agent on reached?' });
    expect(confirm.mock.calls[0]?.[0].body).toContain('no SSH login: alone.');
    expect(jobs[0]?.servers).toEqual([reached]);
  });

  it('names nobody where all can be repaired', async () => {
    await actions.repair([reached]);

    expect(confirm.mock.calls[0]?.[0].body).not.toContain('no SSH login');
  });

  it('says why nothing can be repaired, and asks nothing', async () => {
    await actions.repair([alone]);

    expect(show.mock.calls[0]?.[0]).toContain('has no login there');
    expect(confirm).not.toHaveBeenCalled();
  });

  it('uninstalls agents where there is a login, and removes the record alone elsewhere', async () => {
    await actions.remove([reached, alone]);
    for (const each of [reached, alone]) await jobs[0]?.run(each);

    expect(invoke.mock.calls.map(([, asked]) => asked)).toEqual([
      { id: 'id-reached', uninstall: 'true', force: 'false' },
      { id: 'id-alone', uninstall: 'false', force: 'false' },
    ]);
  });
});
