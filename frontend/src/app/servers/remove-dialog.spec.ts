import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { TestBed } from '@angular/core/testing';
import type { BoardServer } from '../platform/api/generated/models/board-server';
import { RemoveDialog } from './remove-dialog';

function server(name: string, connection: BoardServer['connection']): Partial<BoardServer> {
  return { id: name, name, connection, agent_version: '0.1.0' };
}

describe('RemoveDialog', () => {
  const close = jest.fn();

  beforeEach(() => {
    close.mockReset();
  });

  async function open(...servers: Partial<BoardServer>[]): Promise<HTMLElement> {
    TestBed.configureTestingModule({
      providers: [
        { provide: DIALOG_DATA, useValue: servers },
        { provide: DialogRef, useValue: { close, config: {} } },
      ],
    });
    const fixture = TestBed.createComponent(RemoveDialog);
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }

  it('uninstalls the agent where it can', async () => {
    const root = await open(server('web-1', 'ssh'));

    expect(root.textContent).toContain('Uninstall the agent first');
    expect(root.textContent).toContain('its SSH login');
    expect(root.textContent).not.toContain('no SSH login');
  });

  it('does not offer what cannot work without a login, and says what stays', async () => {
    const root = await open(server('alone', 'registered'));

    expect(root.textContent).not.toContain('Uninstall the agent first');
    expect(root.textContent).toContain('There is no SSH login to uninstall the agent with.');
    expect(root.textContent).not.toContain('its SSH login');
    const typed = root.querySelector<HTMLInputElement>('input.mono');
    if (typed) typed.value = 'alone';
    typed?.dispatchEvent(new Event('input'));
    root.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    expect(close).toHaveBeenCalledWith({ uninstall: false, force: false });
  });

  it('names those whose agent stays', async () => {
    const root = await open(server('web-1', 'ssh'), server('alone', 'registered'));

    expect(root.textContent).toContain('The agent stays where there is no SSH login: alone.');
  });
});
