import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { DialogRef } from '@angular/cdk/dialog';
import { Actions } from '../platform/shortcuts/actions';
import type { PaletteAction } from '../platform/shortcuts/actions';
import { BuiltInActions } from './built-in-actions';
import { CommandPalette } from './command-palette';

describe('CommandPalette', () => {
  const close = jest.fn<() => void>();
  const run = jest.fn<() => void>();
  const FOUND: PaletteAction = { id: 'f', label: 'web-1', group: 'Servers', icon: 'server', run };
  let found: PromiseWithResolvers<readonly PaletteAction[]>;
  let fixture: ComponentFixture<CommandPalette>;
  const input = (): HTMLInputElement | null =>
    (fixture.nativeElement as HTMLElement).querySelector('input');

  beforeEach(() => {
    close.mockReset();
    run.mockReset();
    found = Promise.withResolvers();
    TestBed.configureTestingModule({
      providers: [
        { provide: DialogRef, useValue: { close, config: {} } },
        { provide: BuiltInActions, useValue: { all: signal([]) } },
      ],
    });
    TestBed.inject(Actions).register((query) => (query === '' ? [] : found.promise));
    fixture = TestBed.createComponent(CommandPalette);
    TestBed.tick();
  });

  function type(text: string): void {
    const field = input();
    if (field) field.value = text;
    field?.dispatchEvent(new Event('input'));
    TestBed.tick();
  }

  function enter(): void {
    input()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    TestBed.tick();
  }

  it('runs what is found for somebody who pressed Enter before', async () => {
    type('web');
    enter();
    expect(run).not.toHaveBeenCalled();

    found.resolve([FOUND]);
    await fixture.whenStable();

    expect(run).toHaveBeenCalledTimes(1);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('forgets that Enter was pressed once something else is typed', async () => {
    type('we');
    enter();
    type('web');

    found.resolve([FOUND]);
    await fixture.whenStable();
    expect(run).not.toHaveBeenCalled();

    enter();
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('runs nothing where nothing is found', async () => {
    type('nothing');
    enter();

    found.resolve([FOUND]);
    await fixture.whenStable();

    expect(run).not.toHaveBeenCalled();
  });
});
